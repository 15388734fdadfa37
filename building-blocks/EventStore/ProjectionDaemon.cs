using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Loyalty.EventStore;

/// <summary>How a projection fares.</summary>
/// <param name="Mark">The last sequence number it has applied.</param>
/// <param name="Stopped">Why it stopped, or null while it runs.</param>
public sealed record ProjectionStatus(long Mark, string? Stopped);

/// <summary>
/// Keeps every projection of the service up with the log. One process of several runs a projection at a time; the others stand by.
/// A projection that can't apply an event stops there and says so; it is resumed by a restart with code that can, or rebuilt.
/// </summary>
public sealed class ProjectionDaemon(
    DocumentStore store, EventLog log, IEnumerable<IProjection> projections, ILogger<ProjectionDaemon> logger) : BackgroundService
{
    private const int PageSize = 1000;
    private static readonly TimeSpan StandBy = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, ProjectionStatus> status = new(StringComparer.Ordinal);

    /// <summary>How each projection that runs here fares.</summary>
    public IReadOnlyDictionary<string, ProjectionStatus> Status => status;

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(projections.Select(p => Task.Run(() => KeepUp(p, stoppingToken), stoppingToken)));

    private async Task KeepUp(IProjection projection, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
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
            catch (Exception e) when (e is NpgsqlException { IsTransient: true } or ConcurrencyException or TimeoutException or System.Net.Sockets.SocketException or IOException
                or PostgresException { SqlState: ['5', '7', ..] })
            {
                logger.LogWarning("The projection {Projection} was interrupted and goes on: {Reason}", projection.Name, e.Message);
            }
            catch (Exception e)
            {
                status.AddOrUpdate(projection.Name, _ => new(0, e.Message), (_, s) => s with { Stopped = e.Message });
                logger.LogCritical(e, "The projection {Projection} has stopped after {Mark}", projection.Name, status[projection.Name].Mark);
                return;
            }

            await Task.Delay(StandBy, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Run(IProjection projection, Lease lease, CancellationToken ct)
    {
        await ProjectionTables.Ensure(store.DataSource, projection, ct);
        while (!ct.IsCancellationRequested)
        {
            await lease.Check(ct);
            var mark = await ProjectionTables.ApplyNextPage(store.DataSource, log, projection, projection.Name, Progression.Of(projection.Name), PageSize, ct);
            if (status.TryGetValue(projection.Name, out var before) && before.Mark == mark)
                await log.WaitForMore(mark, ct);
            status[projection.Name] = new(mark, null);
        }
    }
}
