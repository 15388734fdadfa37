using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Loyalty.Messaging;

/// <summary>How the relay of this process fares.</summary>
internal sealed class RelayStatus
{
    private string state = "has not started";
    private bool well;

    public (bool Well, string State) Now
    {
        get
        {
            lock (this)
                return (well, state);
        }
    }

    public void StandsBy() => Set(true, "stands by while another process publishes");

    public void Stands(long mark) => Set(true, FormattableString.Invariant($"has published up to {mark}"));

    public void Waits(string reason) => Set(false, "publishes nothing yet: " + reason);

    /// <summary>Returns whether this is news.</summary>
    public bool Fails(string reason) => Set(false, "was interrupted and tries again: " + reason);

    private bool Set(bool isWell, string what)
    {
        lock (this)
        {
            var news = state != what;
            (well, state) = (isWell, what);
            return news;
        }
    }
}

/// <summary>A relay that can't publish degrades readiness: the service itself goes on, and the log keeps what is to be said.</summary>
internal sealed class RelayHealth(RelayStatus status) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (well, state) = status.Now;
        return Task.FromResult(well ? HealthCheckResult.Healthy($"The relay {state}.") : HealthCheckResult.Degraded($"The relay {state}."));
    }
}
