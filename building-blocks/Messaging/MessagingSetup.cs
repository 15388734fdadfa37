using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Loyalty.Messaging;

/// <summary>Puts messaging into a service.</summary>
public static class MessagingSetup
{
    /// <summary>
    /// Connects a service to RabbitMQ at <c>Broker:Uri</c>: its consumers with their <see cref="Inbox"/>, and the relay that
    /// publishes its log. The service runs, degraded, while the broker is away, and goes on by itself when it is back.
    /// </summary>
    public static IServiceCollection AddMessaging(
        this IServiceCollection services, IConfiguration configuration, string service, Action<MessagingOptions> configure)
    {
        var options = new MessagingOptions(service);
        configure(options);
        var broker = Broker.From(configuration);

        services.AddSingleton(options);
        services.AddSingleton(broker);
        services.AddSingleton<Inbox>();
        services.AddSingleton(_ => new PageSender(broker, options));
        if (options.Queues.Count > 0)
            services.AddConsumers();
        if (options.Published is not null)
            services.AddRelay();
        return services;
    }

    private static void AddRelay(this IServiceCollection services)
    {
        services.AddSingleton<Relay>();
        services.AddHostedService(p => p.GetRequiredService<Relay>());
        services.AddHealth("relay", p => new ConditionHealth("The relay", p.GetRequiredService<Relay>().Condition));
    }

    private static void AddConsumers(this IServiceCollection services)
    {
        services.AddSingleton<Consumers>();
        services.AddHostedService(p => p.GetRequiredService<Consumers>());
        services.AddHealth("consumers", p => new ConditionHealth("The consumers", p.GetRequiredService<Consumers>().Condition));
    }

    private static void AddHealth(this IServiceCollection services, string name, Func<IServiceProvider, IHealthCheck> check) =>
        services.AddHealthChecks().Add(new(name, check, HealthStatus.Degraded, ["ready"]));
}
