using System.Diagnostics;

namespace Loyalty.Cli.Api;

/// <summary>Asks again, ever less often, until what travels by message has arrived.</summary>
internal static class Eventually
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>The first answer that satisfies, or the last one there was when the time is up.</summary>
    public static async Task<T> Settles<T>(Func<Task<T>> ask, Func<T, bool> settled, TimeSpan within, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        for (var pause = TimeSpan.FromMilliseconds(50); ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var answer = await ask();
            if (settled(answer) || Stopwatch.GetElapsedTime(started) > within)
                return answer;
            await Task.Delay(pause, ct);
        }
    }
}
