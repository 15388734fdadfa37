using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Loyalty.EventStore;

/// <summary>Puts the event store into a service.</summary>
public static class EventStoreSetup
{
    /// <summary>
    /// Registers the store on <c>ConnectionStrings:Database</c>, the log, and a daemon for the projections that
    /// <paramref name="configure"/> names.
    /// </summary>
    public static IServiceCollection AddEventStore(this IServiceCollection services, IConfiguration configuration, Action<EventStoreOptions> configure)
    {
        var options = new EventStoreOptions();
        configure(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => Connect(configuration.GetConnectionString("Database")
            ?? throw new InvalidOperationException("ConnectionStrings:Database is not set.")));
        services.AddSingleton(options);
        services.AddSingleton<LogSignal>();
        services.AddSingleton<DocumentStore>();
        services.AddSingleton<EventLog>();
        services.AddSingleton<ProjectionRebuild>();
        foreach (var projection in options.Projections)
        {
            services.AddSingleton(projection);
            services.AddSingleton(p => (IProjection)p.GetRequiredService(projection));
        }

        services.AddSingleton<ProjectionDaemon>();
        services.AddHostedService(p => p.GetRequiredService<ProjectionDaemon>());
        services.AddHealthChecks().AddCheck<ProjectionHealth>("projections", HealthStatus.Degraded, ["ready"]);
        return services;
    }

    /// <summary>
    /// Connections as the store wants them: statements are prepared by themselves once they recur, which is worth more than any
    /// way of appending; and the state of a connection is not reset between uses, because nothing here changes it for a session.
    /// </summary>
    public static NpgsqlDataSource Connect(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        if (!builder.ContainsKey("Max Auto Prepare") || builder.MaxAutoPrepare == 0)
            builder.MaxAutoPrepare = 100;
        builder.NoResetOnClose = true;
        return NpgsqlDataSource.Create(builder);
    }
}
