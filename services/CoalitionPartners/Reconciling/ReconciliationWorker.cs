using Loyalty.CoalitionPartners.Storage;
using Loyalty.EventStore;

namespace Loyalty.CoalitionPartners.Reconciling;

/// <summary>Moves reconciliations on, each a step at a time. It may die at any moment; one process does it, by a lease.</summary>
internal sealed class ReconciliationWorker(DocumentStore store, ReconciliationRows reconciliations, ItemFinder finder, ILogger<ReconciliationWorker> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        LeasedWork.Run(store.DataSource, "reconciliations", StepAll, e => logger.LogWarning(e, "Reconciliations have to wait"), stoppingToken);

    // Whether anything moved. One that can't go on holds up no other.
    private async Task<bool> StepAll(CancellationToken ct)
    {
        await reconciliations.DiscardAbandoned(ct);
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
