using Loyalty.EventStore;
using Loyalty.PointsLedger.Storage;
using Npgsql;

namespace Loyalty.PointsLedger.Views;

/// <summary>
/// Works off what-ifs, one at a time in this process. A lease on each tells the replicas who works on it; what was left running by a
/// process that is gone begins anew, because nothing was written that could be in the way.
/// </summary>
internal sealed class WhatIfWorker(DocumentStore store, WhatIfRows rows, WhatIfRun run, ILogger<WhatIfWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = Look;
            try
            {
                foreach (var id in await rows.Open(stoppingToken)) await Work(id, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning(e, "What-ifs have to wait");
                pause = AfterOutage;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Work(Guid id, CancellationToken ct)
    {
        await using var lease = await Lease.Take(store.DataSource, $"what-if/{id}", ct);
        if (lease is null || !await rows.Begin(id, ct) || await rows.Find(id, ct) is not { } whatIf) return;
        try
        {
            if (await run.Run(whatIf, ct) is { } report) await rows.Finish(id, report, ct);
        }
        catch (Exception e) when (e is not (NpgsqlException or OperationCanceledException))
        {
            // Figures that no points can have, or a document that only publishing would have refused.
            logger.LogWarning(e, "The what-if {Id} failed", id);
            await rows.Fail(id, $"The rules can't be applied to what happened: {e.Message} Check the document by the published schema.", ct);
        }
    }
}
