using Npgsql;

namespace Loyalty.EventStore;

/// <summary>Work that goes on step by step in one process among several: whoever has the lease does it, and the others stand by.</summary>
public static class LeasedWork
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Does the steps one after another until it is cancelled, and then returns. Before each the lease is checked; a step that fails gives
    /// it back, and is tried again a second later by whichever process is first.
    /// </summary>
    /// <param name="dataSource">The database that the lease is on.</param>
    /// <param name="name">The name of the lease.</param>
    /// <param name="step">Does what is there to do, and says whether it did anything; if not, the next look is a quarter of a second later.</param>
    /// <param name="failed">Is told why the work has to wait.</param>
    /// <param name="ct">Ends the work.</param>
    public static async Task Run(
        NpgsqlDataSource dataSource, string name, Func<CancellationToken, Task<bool>> step, Action<Exception> failed, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var pause = Look;
            try
            {
                await using var lease = await Lease.Take(dataSource, name, ct);
                while (lease is not null)
                {
                    await lease.Check(ct);
                    if (!await step(ct))
                        await Task.Delay(Look, ct);
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                failed(e);
                pause = TryAgain;
            }

            await Task.Delay(pause, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
