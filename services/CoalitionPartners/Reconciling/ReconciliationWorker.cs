using Loyalty.CoalitionPartners.Storage;
using Loyalty.EventStore;

namespace Loyalty.CoalitionPartners.Reconciling;

/// <summary>Moves reconciliations on, each a step at a time. It may die at any moment; one process does it, by a lease.</summary>
internal sealed class ReconciliationWorker(DocumentStore store, ReconciliationRows reconciliations, ItemFinder finder, ILogger<ReconciliationWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = Look;
            try
            {
                await using var lease = await Lease.Take(store.DataSource, "reconciliations", stoppingToken);
                while (lease is not null)
                {
                    await lease.Check(stoppingToken);
                    await reconciliations.DiscardAbandoned(stoppingToken);
                    if (!await StepAll(stoppingToken)) await Task.Delay(Look, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogWarning(e, "Reconciliations have to wait");
                pause = AfterFailure;
            }

            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Whether anything moved. One that can't go on holds up no other.
    private async Task<bool> StepAll(CancellationToken ct)
    {
        var moved = false;
        foreach (var reconciliation in await reconciliations.Open(ct))
        {
            try
            {
                await finder.Step(reconciliation, ct);
                moved = true;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogError(e, "Reconciliation {Reconciliation} can't go on; it will be tried again", reconciliation.Id);
            }
        }

        return moved;
    }
}
