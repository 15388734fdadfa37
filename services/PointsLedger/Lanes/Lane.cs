using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Loyalty.EventStore;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Features;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Views;
using Npgsql;

namespace Loyalty.PointsLedger.Lanes;

/// <summary>
/// The one writer of its accounts in this process. It takes whatever waits, decides it in order and commits it in one transaction;
/// while that is under way the next batch gathers by itself. Nobody is answered before the commit.
/// </summary>
internal sealed class Lane
{
    // Once an id was found taken, more repeats are to be expected: for so many batches the ids are looked up first.
    private const int WaryBatches = 64;

    // Whoever loses so many races in a row, or finds ids taken that no look-up shows, does not lose races but is wrong.
    private const int MostAttempts = 30;

    private readonly DocumentStore store;
    private readonly TransactionRows transactions;
    private readonly LedgerTime time;
    private readonly RuleBook rules;
    private readonly LaneOptions options;
    private readonly ILogger logger;
    private readonly Func<Posting, Task> readmit;
    private readonly Channel<Waiting> queue;

    private readonly BoundedCache<Guid, AccountImage> cache;
    private readonly ConcurrentDictionary<Guid, bool> overtaken = new();
    private int wary;

    public Lane(
        DocumentStore store, TransactionRows transactions, LedgerTime time, RuleBook rules, LaneOptions options, ILogger logger, Func<Posting, Task> readmit)
    {
        (this.store, this.transactions, this.time, this.rules) = (store, transactions, time, rules);
        (this.options, this.logger, this.readmit) = (options, logger, readmit);
        queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(options.QueueDepth) { SingleReader = true });
        cache = new(options.CacheMegabytes * 1024L * 1024L / options.Count, image => image.Weight);
        Running = Task.Run(Run);
    }

    /// <summary>Completes when the lane has been closed and everything in it was answered.</summary>
    public Task Running { get; }

    /// <summary>Takes its place in the lane; false when the lane is full or closed.</summary>
    public bool TryEnter(Waiting waiting) => queue.Writer.TryWrite(waiting);

    /// <summary>Takes its place in the lane as soon as there is room.</summary>
    public ValueTask Enter(Waiting waiting) => queue.Writer.WriteAsync(waiting);

    /// <summary>An account's state if it is at hand.</summary>
    public EventStream<Account>? Cached(Guid account) => cache.TryGet(account, out var image) ? image.Open(account) : null;

    /// <summary>Somebody outside the lane has appended to the account.</summary>
    public void Forget(Guid account)
    {
        // A batch under way may have read the account before and would put it back.
        overtaken[account] = true;
        cache.Remove(account);
    }

    public void Close() => queue.Writer.TryComplete();

    private async Task Run()
    {
        var waiting = new List<Waiting>();
        while (await queue.Reader.WaitToReadAsync())
        {
            waiting.Clear();
            while (waiting.Count < options.BatchSize && queue.Reader.TryRead(out var next)) waiting.Add(next);
            await Process(waiting);
        }
    }

    private static bool FailsWithItsSeries(Waiting waiting)
    {
        if (waiting is not Posting { Series: { Interrupted: true } series }) return false;
        waiting.Fail(series.Failure());
        return true;
    }

    private static void Interrupt(IReadOnlyList<Waiting> waiting, Exception outage)
    {
        foreach (var posting in waiting.OfType<Posting>()) posting.Series?.Interrupt(outage);
    }

    private async Task Process(IEnumerable<Waiting> entered)
    {
        List<Waiting> waiting = [.. entered.Where(one => !FailsWithItsSeries(one))];
        if (waiting.Count == 0) return;
        var start = Stopwatch.GetTimestamp();
        using var span = Span(waiting);
        try
        {
            await Complete(waiting);
        }
        catch (Exception e) when (waiting.Count > 1 && !IsOutage(e))
        {
            logger.LogWarning(e, "A batch of {Count} postings failed; it is split to find the one it fails on", waiting.Count);
            LaneTelemetry.Splits.Add(1);
            await Process(waiting.Take(waiting.Count / 2));
            await Process(waiting.Skip(waiting.Count / 2));
            return;
        }
        catch (Exception e)
        {
            // Whether a commit that was cut off took place is not known here. The caller repeats its request, and the record of
            // transactions tells.
            Forget(waiting);
            if (IsOutage(e)) Interrupt(waiting, e);
            foreach (var one in waiting) one.Fail(e);
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            return;
        }

        LaneTelemetry.BatchSize.Record(waiting.Count);
        LaneTelemetry.BatchDuration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private async Task Complete(IReadOnlyList<Waiting> waiting)
    {
        var postings = waiting.OfType<Posting>().ToList();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var batch = await Attempt(waiting, postings);
                Answer(waiting, batch);
                if (wary > 0) wary--;
                return;
            }
            catch (ConcurrencyException) when (attempt < MostAttempts)
            {
                LaneTelemetry.Conflicts.Add(1);
                Forget(waiting);
#pragma warning disable CA5394 // Jitter needs no cryptographic randomness.
                if (attempt > 2) await Task.Delay(Random.Shared.Next(1, 1 << Math.Min(attempt, 7)));
#pragma warning restore CA5394
            }
            catch (PostgresException e) when (TransactionRows.IsTaken(e) && attempt < MostAttempts)
            {
                wary = WaryBatches;
                Forget(waiting);
            }
        }
    }

    private async Task<LaneBatch> Attempt(IReadOnlyList<Waiting> waiting, List<Posting> postings)
    {
        overtaken.Clear();
        var lookUp = wary > 0 && postings.Count > 0;
        var batch = new LaneBatch(postings, store, transactions, time, await rules.Programme());
        await batch.Load(waiting.Where(w => w.Account is not null).Select(w => w.Account!.Value).Distinct(), cache, lookUp);
        await batch.Decide(lookUp);
        await batch.Commit();
        return batch;
    }

    private void Answer(IReadOnlyList<Waiting> waiting, LaneBatch batch)
    {
        foreach (var account in batch.News)
        {
            cache.Put(account.Id, AccountImage.Of(account));
            if (overtaken.ContainsKey(account.Id)) cache.Remove(account.Id);
        }

        foreach (var one in waiting)
        {
            if (one is Look look) look.Answer(batch.StateOf(look.Account));
            else if (batch.Astray.Contains((Posting)one)) _ = readmit((Posting)one);
            else ((Posting)one).Answer();
        }
    }

    private void Forget(IReadOnlyList<Waiting> waiting)
    {
        foreach (var one in waiting)
        {
            if (one.Account is { } account) cache.Remove(account.Value);
        }
    }

    // A batch serves many traces; it shows up in the first of those that are recorded.
    private static Activity? Span(IReadOnlyList<Waiting> waiting)
    {
        if (!LaneTelemetry.Source.HasListeners()) return null;
        Activity.Current = null;
        var traced = waiting.OfType<Posting>().FirstOrDefault(p => p.Origin.TraceParent is not null)?.Origin.TraceParent;
        var span = LaneTelemetry.Source.StartActivity("lane commit", ActivityKind.Internal, traced);
        span?.SetTag("loyalty.lane.batch.size", waiting.Count);
        return span;
    }

    private static bool IsOutage(Exception e) => e switch
    {
        PostgresException { SqlState: ['5', '7', 'P', ..] or ['0', '8', ..] or ['5', '3', ..] or ['5', '8', ..] or PostgresErrorCodes.ReadOnlySqlTransaction } => true,
        PostgresException => false,
        NpgsqlException or System.Net.Sockets.SocketException or IOException or TimeoutException => true,
        { InnerException: { } inner } => IsOutage(inner),
        _ => false,
    };
}
