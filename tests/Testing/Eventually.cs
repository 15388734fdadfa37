using System.Diagnostics;

namespace Loyalty.Testing;

/// <summary>Waits for what comes true a little later, and no longer than it takes.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Asks until the answer is yes; fails after <paramref name="within"/> (20 seconds).</summary>
    public static Task Holds(Func<Task<bool>> condition, TimeSpan? within = null, string? because = null) =>
        Holds(
            async () =>
            {
                if (!await condition())
                {
                    throw new TimeoutException(because ?? "The condition does not hold.");
                }
            },
            within);

    /// <summary>Asks until the answer is yes; fails after <paramref name="within"/> (20 seconds).</summary>
    public static Task Holds(Func<bool> condition, TimeSpan? within = null, string? because = null) =>
        Holds(() => Task.FromResult(condition()), within, because);

    /// <summary>Repeats the assertion until it passes; its last failure is the failure after <paramref name="within"/> (20 seconds).</summary>
    public static async Task Holds(Func<Task> assertion, TimeSpan? within = null)
    {
        var waited = Stopwatch.StartNew();
        var pause = TimeSpan.FromMilliseconds(10);
        while (true)
        {
            try
            {
                await assertion();
                return;
            }
            catch (Exception) when (waited.Elapsed < (within ?? Patience))
            {
                // Expected while it is not true yet; the failure that is still there at the end gets through.
                await Task.Delay(pause);
                pause = TimeSpan.FromMilliseconds(Math.Min(200, pause.TotalMilliseconds * 1.5));
            }
        }
    }
}
