using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Loyalty.Checkpoints;

/// <summary>Puts checkpoints into a service.</summary>
public static class CheckpointSetup
{
    /// <summary>
    /// Registers the tree over the service's log and the worker that has checkpoints made. Needs the event store; the endpoints are
    /// <see cref="CheckpointEndpoints.MapCheckpoints"/>.
    /// </summary>
    /// <param name="services">The service's own.</param>
    /// <param name="configuration">May say <c>Checkpoints:DayEndsAt</c> (00:00, UTC) and <c>Checkpoints:KeySignsFor</c> (365.00:00:00).</param>
    /// <param name="service">The service's name: <c>coalition-partners</c>. It is part of what is signed, and never changes.</param>
    /// <param name="configure">Which events ask for a checkpoint, and who may see which fact.</param>
    public static IServiceCollection AddCheckpoints(
        this IServiceCollection services, IConfiguration configuration, string service, Action<CheckpointOptions>? configure = null)
    {
        var options = new CheckpointOptions(service);
        configure?.Invoke(options);
        if (configuration["Checkpoints:DayEndsAt"] is { Length: > 0 } end) options.DayEndsAt = TimeOnly.Parse(end, CultureInfo.InvariantCulture);
        if (configuration["Checkpoints:KeySignsFor"] is { Length: > 0 } life) options.KeySignsFor = TimeSpan.Parse(life, CultureInfo.InvariantCulture);
        services.AddSingleton(options).AddSingleton<LogTree>().AddSingleton<CheckpointRows>().AddSingleton<CheckpointKeys>().AddSingleton<CheckpointMaker>();
        services.AddTransient<ProofReader>();
        services.AddSingleton<CheckpointWorker>();
        services.AddHostedService(p => p.GetRequiredService<CheckpointWorker>());
        services.AddHealthChecks().Add(new("checkpoints", p => p.GetRequiredService<CheckpointWorker>(), HealthStatus.Degraded, ["ready"]));
        return services;
    }
}
