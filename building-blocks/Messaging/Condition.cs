using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Loyalty.Messaging;

/// <summary>How a part that works in the background fares, in its own words. It speaks up at least every few seconds.</summary>
internal sealed class Condition
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    private string state = "has not started";
    private bool well;
    private long spoke = Stopwatch.GetTimestamp();

    public (bool Well, string State) Now
    {
        get
        {
            lock (this)
            {
                var silent = Stopwatch.GetElapsedTime(spoke);
                return silent < Silence ? (well, state) : (false, FormattableString.Invariant($"has been silent for {silent.TotalSeconds:0} seconds; it {state}"));
            }
        }
    }

    public void Well(string what) => Set(true, what);

    /// <summary>Returns whether this is news.</summary>
    public bool Ill(string what) => Set(false, what);

    private bool Set(bool isWell, string what)
    {
        lock (this)
        {
            var news = state != what;
            (well, state, spoke) = (isWell, what, Stopwatch.GetTimestamp());
            return news;
        }
    }
}

/// <summary>A part that can't work degrades readiness: the service itself goes on, and the log keeps what is to be said.</summary>
internal sealed class ConditionHealth(string part, Condition condition) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (well, state) = condition.Now;
        var said = $"{part} {state}.";
        return Task.FromResult(well ? HealthCheckResult.Healthy(said) : HealthCheckResult.Degraded(said));
    }
}
