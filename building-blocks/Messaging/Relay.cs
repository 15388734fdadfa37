using Loyalty.EventStore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Loyalty.Messaging;

/// <summary>
/// Tells other services what this service's log records: the log is the outbox. Reads it in order, publishes each event's contract
/// under the event's id, waits until RabbitMQ has confirmed the whole page, and only then moves its mark. One process publishes
/// a database's log at a time; others stand by. A page that failed half-way is published again; consumers' inboxes see to the rest.
/// </summary>
internal sealed class Relay(
    DocumentStore store, EventLog log, Broker broker, MessagingOptions options, RelayStatus status, ILoggerFactory loggers) : BackgroundService
{
    public static readonly string MarkName = Progression.Of("Relay");

    private const int PageSize = 500;
    private static readonly TimeSpan StandBy = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly ILogger logger = loggers.CreateLogger<Relay>();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = StandBy;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var lease = await Lease.Take(store.DataSource, "relay", stoppingToken);
                if (lease is null)
                    status.StandsBy();
                else
                    await Publish(lease, () => pause = StandBy, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever happened, nothing is lost: the mark stands where it stood, and the page is published again.
                if (status.Fails(e.Message))
                    logger.LogWarning(e, "The relay of {Service} was interrupted and tries again", options.Service);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
            }

            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Publish(Lease lease, Action progressed, CancellationToken ct)
    {
        await using var publisher = await PagePublisher.Connect(broker, options, loggers, ct);
        while (!ct.IsCancellationRequested)
        {
            await lease.Check(ct);
            var missing = await publisher.Missing(ct);
            if (missing.Count > 0)
            {
                status.Waits(string.Join("; ", missing));
                await Task.Delay(StandBy, ct);
                continue;
            }

            var mark = await Mark(ct);
            var page = await log.Read(mark, PageSize, ct);
            if (page.LastSequence > mark)
            {
                await publisher.Publish(page.Events, ct);
                await Move(mark, page.LastSequence, ct);
            }

            status.Stands(page.LastSequence);
            progressed();
            if (page.LastSequence == mark)
                await WaitForMore(mark, ct);
        }
    }

    private async Task<long> Mark(CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        return await Progression.Find(connection, MarkName, ct);
    }

    private async Task Move(long from, long to, CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        try
        {
            await Progression.Move(connection, MarkName, from, to, ct);
        }
        catch (ConcurrencyException)
        {
            // Somebody set the mark, perhaps back to publish everything again: go on from there.
            logger.LogInformation("The mark of the relay was set by somebody else");
        }
    }

    // Comes back now and then although nothing happened, to see a lost lease, a lost broker or a mark that was set back.
    private async Task WaitForMore(long mark, CancellationToken ct)
    {
        using var look = CancellationTokenSource.CreateLinkedTokenSource(ct);
        look.CancelAfter(Look);
        try
        {
            await log.WaitForMore(mark, look.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Nothing new for a while.
        }
    }
}

/// <summary>Publishing a log again.</summary>
public static class Replay
{
    /// <summary>
    /// Sets the relay of a database back, so that everything after <paramref name="afterSequence"/> is published again with the same
    /// message ids. Consumers that have seen it do nothing; a consumer whose queue was lost gets what it missed.
    /// </summary>
    public static async Task From(NpgsqlDataSource dataSource, long afterSequence = 0, CancellationToken ct = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        for (; ; )
        {
            var mark = await Progression.Find(connection, Relay.MarkName, ct);
            try
            {
                await Progression.Move(connection, Relay.MarkName, mark, Math.Min(mark, afterSequence), ct);
                return;
            }
            catch (ConcurrencyException)
            {
                // The relay moved it in between: look again.
            }
        }
    }
}
