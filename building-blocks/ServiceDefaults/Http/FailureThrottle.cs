using System.Collections.Concurrent;

namespace Loyalty.ServiceDefaults;

/// <summary>
/// Stops whoever keeps failing: scanning card numbers, guessing secrets. Counts failures per client in windows of a fixed length;
/// a client past the limit is refused until its window ends. Successes cost nothing.
/// </summary>
/// <param name="limit">How many failures a window forgives.</param>
/// <param name="window">How long a window is.</param>
/// <param name="clock">The time.</param>
public sealed class FailureThrottle(int limit, TimeSpan window, TimeProvider clock)
{
    // Beyond so many clients at once the finished windows are swept out.
    private const int Sweep = 10_000;

    private readonly ConcurrentDictionary<string, Window> windows = new(StringComparer.Ordinal);

    /// <summary>The problem to answer with when the client is past the limit, before anything is looked up; null when it may go on.</summary>
    public Problem? Refusal(string client)
    {
        var now = clock.GetUtcNow();
        return windows.TryGetValue(client, out var current) && current.Failures > limit && now < current.Ends
            ? Problem.TooManyRequests("Too many requests in a row named something that does not exist. Wait, then check what you send.", current.Ends - now)
            : null;
    }

    /// <summary>Counts one failure, and says whether that one was over the limit.</summary>
    public Problem? Failed(string client)
    {
        var now = clock.GetUtcNow();
        windows.AddOrUpdate(client, _ => new Window(1, now + window), (_, w) => now < w.Ends ? w with { Failures = w.Failures + 1 } : new Window(1, now + window));
        if (windows.Count > Sweep)
        {
            foreach (var ended in windows.Where(w => w.Value.Ends <= now))
                windows.TryRemove(ended);
        }
        return Refusal(client);
    }

    private sealed record Window(int Failures, DateTimeOffset Ends);
}
