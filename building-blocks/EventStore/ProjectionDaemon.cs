using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loyalty.EventStore;

/// <summary>How a projection fares.</summary>
/// <param name="Mark">The last sequence number it has applied.</param>
/// <param name="Stopped">Why it stopped, or null while it runs.</param>
public sealed record ProjectionStatus(long Mark, string? Stopped);

/// <summary>
/// Keeps every projection of the service up with the log. One process of several runs a projection at a time; the others stand by.
/// A projection that can't apply an event stops before it and says so. It tries that event again every few seconds, so it goes on by
/// itself once the cause is gone or a process with code that can apply it has taken over.
/// </summary>
public sealed class ProjectionDaemon(
    DocumentStore store, EventLog log, ProjectionRebuild rebuild, IEnumerable<IProjection> projections, ILogger<ProjectionDaemon> logger)
    : BackgroundService
{
    private const int PageSize = 1000;
    private const int SmallPage = PageSize / 2;
    private const int Trickle = 10;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StandBy = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, ProjectionStatus> status = new(StringComparer.Ordinal);

    /// <summary>How each projection that runs here fares.</summary>
    public IReadOnlyDictionary<string, ProjectionStatus> Status => status;

    /// <summary>Makes the tables of new projections before the first request is served, so that no reader finds them missing.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var projection in projections)
        {
            try
            {
                await ProjectionTables.Ensure(store.DataSource, projection, cancellationToken);
            }
            catch (Exception e) when (Interruption.Is(e))
            {
                logger.LogWarning("The tables of {Projection} are made once the database is there: {Reason}", projection.Name, e.Message);
            }
        }

        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(projections.Select(p => Task.Run(() => KeepUp(p, stoppingToken), stoppingToken)));

    private async Task KeepUp(IProjection projection, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var pause = StandBy;
            try
            {
                await using var lease = await Lease.Take(store.DataSource, "projection:" + projection.Name, ct);
                if (lease is not null)
                    await Run(projection, lease, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (Interruption.Is(e))
            {
                logger.LogWarning("The projection {Projection} was interrupted and goes on: {Reason}", projection.Name, e.Message);
            }
            catch (Exception e)
            {
                Stop(projection, e);
                pause = TryAgain;
            }

            await Task.Delay(pause, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Run(IProjection projection, Lease lease, CancellationToken ct)
    {
        if (!await ProjectionTables.Ensure(store.DataSource, projection, ct))
            await rebuild.Run(projection, ct);
        var oneByOne = 0;
        long? applied = null;
        while (!ct.IsCancellationRequested)
        {
            await lease.Check(ct);
            try
            {
                var mark = await ProjectionTables.ApplyNextPage(store.DataSource, log, projection, oneByOne > 0 ? 1 : PageSize, ct);
                status[projection.Name] = new(mark, null);
                oneByOne = Math.Max(oneByOne - 1, 0);
                if (mark == applied)
                    await log.WaitForMore(mark, ct);
                else if (mark - applied is > Trickle and < SmallPage && oneByOne == 0)
                    // Under load a little more is worth waiting for: a page of some events costs nearly as much as one of many. What trickles in waits for nothing.
                    await Task.Delay(Gather, ct);
                applied = mark;
            }
            catch (Exception e) when (oneByOne == 0 && !Interruption.Is(e) && !ct.IsCancellationRequested)
            {
                // Some event of the page can't be applied: those before it can, and it shall be named.
                oneByOne = PageSize;
            }
        }
    }

    private void Stop(IProjection projection, Exception e)
    {
        var before = status.GetValueOrDefault(projection.Name) ?? new(0, null);
        status[projection.Name] = before with { Stopped = e.Message };
        if (before.Stopped != e.Message)
            logger.LogCritical(e, "The projection {Projection} has stopped after {Mark}", projection.Name, before.Mark);
    }
}
