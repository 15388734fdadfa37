using System.Diagnostics;
using System.Net;

namespace Loyalty.Cli.Api;

/// <summary>
/// Sends a request until somebody answers it for good. Every request of ours is exactly-once by its id, so a lost connection, a
/// time-out, "too many" and "not now" are all met the same way: wait a little longer each time, and send the same again.
/// </summary>
internal sealed class Transport(HttpClient http, TimeSpan patience)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // An internal error is mostly there to stay, unlike an outage.
    private static readonly TimeSpan PatienceWithErrors = TimeSpan.FromSeconds(20);

    private long repeats;

    /// <summary>How many times a request had to be sent again.</summary>
    public long Repeats => Interlocked.Read(ref repeats);

    public async Task<Reply> Send(Func<HttpRequestMessage> request, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            var (reply, obstacle, wait) = await Attempt(request, ct);
            if (reply is { Status: not HttpStatusCode.InternalServerError })
                return reply;
            var limit = reply is null ? patience : PatienceWithErrors;
            if (Stopwatch.GetElapsedTime(started) > limit)
                throw new StoppedException($"{obstacle} Gave up after {limit.TotalSeconds:0} s; check './loyalty status' and run the command again.");

            Interlocked.Increment(ref repeats);
            await Task.Delay(wait ?? pause * (0.5 + Random.Shared.NextDouble()), ct);
        }
    }

    private async Task<(Reply? Reply, string Obstacle, TimeSpan? Wait)> Attempt(Func<HttpRequestMessage> request, CancellationToken ct)
    {
        using var message = request();
        var name = $"{message.Method} {message.RequestUri}";
        try
        {
            using var response = await http.SendAsync(message, ct);
            var body = await response.Content.ReadAsByteArrayAsync(ct);
            var obstacle = $"{name} was answered with {(int)response.StatusCode}.";
            return response.StatusCode is HttpStatusCode.TooManyRequests or > HttpStatusCode.InternalServerError
                ? (null, obstacle, response.Headers.RetryAfter?.Delta)
                : (new Reply(name, response.StatusCode, body), obstacle, null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return (null, $"{name} reached nobody ({e.Message}).", null);
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;
}
