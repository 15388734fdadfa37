using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Views;
using Loyalty.EventStore;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Clearing;

/// <summary>
/// Closes cycles that have been cut, once the view has come to their cut. It may die at any time and run in several processes: what a cycle
/// came to follows from the log, and the cycle's stream takes it once.
/// </summary>
internal sealed class CycleCloser(DocumentStore store, ClearingReader reader, ClearingBooks books, TimeProvider clock, ILogger<CycleCloser> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(3);

    /// <summary>Closes the earliest cycle that waits for it, and says whether there was one.</summary>
    public async Task<bool> CloseNext(CancellationToken ct)
    {
        if (await reader.NextToClose(ct) is not { } row)
            return false;
        await using var session = store.OpenSession(Origin.System("coalition-partners"));
        var stream = await session.FetchForWriting<ClearingCycle>(ClearingCycle.StreamOf(row.Cycle.Id), ct);
        if (stream.State.Closed is not null)
            return false;
        if (stream.State.Close(await books.Closed(row, ct)) is Decision<ClearingFact>.Accepted { Events: var facts })
            session.Append(stream, facts);
        await session.SaveChanges(ct);
        logger.LogInformation("Cycle {Cycle} is closed, through {Sequence}", row.Cycle.Id, row.CutSequence);
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = Look;
            try
            {
                await CloseNext(stoppingToken);
            }
            catch (ConcurrencyException)
            {
                // Another process has closed it meanwhile.
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogWarning(e, "A cycle that has been cut could not be closed; it will be tried again");
                pause = TryAgain;
            }

            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
