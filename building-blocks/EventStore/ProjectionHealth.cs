using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Loyalty.EventStore;

/// <summary>A projection that has stopped degrades readiness: requests are served, but a view no longer follows the log.</summary>
internal sealed class ProjectionHealth(ProjectionDaemon daemon) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var stopped = daemon.Status.Where(p => p.Value.Stopped is not null)
            .Select(p => $"{p.Key} has stopped: {p.Value.Stopped}").Order(StringComparer.Ordinal).ToList();
        return Task.FromResult(stopped.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join("; ", stopped)));
    }
}
