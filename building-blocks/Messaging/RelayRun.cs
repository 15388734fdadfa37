using System.Diagnostics;
using Loyalty.EventStore;
using Microsoft.Extensions.Logging;
using EventLog = Loyalty.EventStore.EventLog;

namespace Loyalty.Messaging;

/// <summary>
/// Reads the log in order and publishes its pages, each event under its own id. The next page is read and written while
/// RabbitMQ still confirms the one before; the mark moves only past pages that are confirmed. What was published but not marked
/// is published again by the next run, and consumers' inboxes see to the rest.
/// </summary>
internal sealed class RelayRun(DocumentStore store, EventLog log, Lease lease, PagePublisher publisher, Condition condition, ILogger logger)
{
    /// <summary>How long the database may take to answer.</summary>
    public static readonly TimeSpan Answer = TimeSpan.FromSeconds(30);

    private const int PageSize = 1000;
    private const int SmallPage = PageSize / 4;
    private const int PagesUnconfirmed = 2;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MarkEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(250);

    private readonly Queue<(long LastSequence, Task Confirmed)> unconfirmed = [];
    private long mark;
    private long read;
    private long confirmed;
    private long lookedAt;
    private long markedAt;

    /// <summary>Publishes until cancelled; throws when anything fails.</summary>
    /// <param name="progressed">Called whenever everything is well.</param>
    /// <param name="ct">Ends the run where it is.</param>
    public async Task Go(Action progressed, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            if (!await MayPublish(ct))
            {
                await Task.Delay(Wait, ct);
                continue;
            }

            var page = await Deadline.Within(Answer, "Reading the log", token => log.Read(read, PageSize, token), ct);
            var more = page.LastSequence > read;
            if (more)
            {
                unconfirmed.Enqueue((page.LastSequence, await publisher.Publish(page.Events, ct)));
                read = page.LastSequence;
            }

            await Settle(all: !more, ct);
            condition.Well(FormattableString.Invariant($"has published up to {confirmed}"));
            progressed();
            if (!more)
                await WaitForMore(ct);
            else if (page.Events.Count < SmallPage)
                // Under load a little more is worth waiting for: a message of a few events costs nearly as much, here and there, as one of many.
                await Task.Delay(Gather, ct);
        }
    }

    // Now and then, also while there is nothing to publish: is the lease still ours, is every queue there, was the mark set?
    private async Task<bool> MayPublish(CancellationToken ct)
    {
        if (lookedAt != 0 && Stopwatch.GetElapsedTime(lookedAt) < Look)
            return true;
        await Deadline.Within(Answer, "Checking the relay's lease", lease.Check, ct);
        var missing = await publisher.Missing(ct);
        if (missing.Count > 0)
        {
            condition.Ill("publishes nothing yet: " + string.Join("; ", missing));
            return false;
        }

        await FollowTheMark(ct);
        lookedAt = Stopwatch.GetTimestamp();
        return true;
    }

    private async Task Settle(bool all, CancellationToken ct)
    {
        while (unconfirmed.TryPeek(out var page) && (all || unconfirmed.Count > PagesUnconfirmed || page.Confirmed.IsCompleted))
        {
            await PagePublisher.Confirmed(page.Confirmed, ct);
            confirmed = unconfirmed.Dequeue().LastSequence;
        }

        if (confirmed > mark && (all || Stopwatch.GetElapsedTime(markedAt) > MarkEvery))
            await Mark(ct);
    }

    private async Task Mark(CancellationToken ct)
    {
        try
        {
            await Deadline.Within(Answer, "Moving the relay's mark", token => Move(mark, confirmed, token), ct);
            mark = confirmed;
            markedAt = Stopwatch.GetTimestamp();
        }
        catch (ConcurrencyException)
        {
            await FollowTheMark(ct);
        }
    }

    // Somebody may have set it, perhaps back to publish everything again: go on from there.
    private async Task FollowTheMark(CancellationToken ct)
    {
        var stands = await Deadline.Within(Answer, "Finding the relay's mark", Find, ct);
        if (stands == mark && lookedAt != 0)
            return;
        if (lookedAt != 0)
            logger.LogInformation("The mark of the relay was set to {Mark}", stands);
        unconfirmed.Clear();
        mark = read = confirmed = stands;
    }

    private async Task<long> Find(CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        return await Progression.Find(connection, Relay.MarkName, ct);
    }

    private async Task Move(long from, long to, CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await Progression.Move(connection, Relay.MarkName, from, to, ct);
    }

    // Comes back now and then although nothing happened, to look after everything else.
    private async Task WaitForMore(CancellationToken ct)
    {
        using var look = CancellationTokenSource.CreateLinkedTokenSource(ct);
        look.CancelAfter(Look);
        try
        {
            await Deadline.Within(Answer, "Waiting for the log", _ => log.WaitForMore(read, look.Token), ct);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Nothing new for a while.
        }
    }
}
