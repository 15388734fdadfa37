using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Loyalty.Messaging;

/// <summary>Puts messaging into a service.</summary>
public static class MessagingSetup
{
    private const ushort Prefetch = 50;

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
        if (options.Queues.Count > 0)
            services.AddConsumers(broker, options);
        if (options.Published is not null)
            services.AddRelay();
        return services;
    }

    private static void AddRelay(this IServiceCollection services)
    {
        services.AddSingleton<RelayStatus>();
        services.AddSingleton<Relay>();
        services.AddHostedService(p => p.GetRequiredService<Relay>());
        services.AddHealthChecks().AddCheck<RelayHealth>("relay", HealthStatus.Degraded, ["ready"]);
    }

    private static void AddConsumers(this IServiceCollection services, Broker broker, MessagingOptions options)
    {
        services.AddOptions<MassTransitHostOptions>().Configure(host =>
        {
            host.WaitUntilStarted = false;
            host.StopTimeout = TimeSpan.FromSeconds(20);
        });
        services.AddMassTransit(bus =>
        {
            // By default MassTransit reports to its makers how it is used. A ledger talks to nobody it was not told to.
            bus.DisableUsageTelemetry();
            bus.ConfigureHealthCheckOptions(health =>
            {
                health.Name = "consumers";
                health.MinimalFailureStatus = HealthStatus.Degraded;
                health.Tags.Add("ready");
            });
            foreach (var consumer in options.Queues.SelectMany(q => q.Consumers))
                consumer.Register(bus);
            bus.UsingRabbitMq((context, rabbit) =>
            {
                broker.Host(rabbit, options.Service + " consumers");
                foreach (var queue in options.Queues)
                    rabbit.ReceiveEndpoint(queue.Subscription.Queue, endpoint => Configure(endpoint, queue, context));
            });
        });
    }

    private static void Configure(IRabbitMqReceiveEndpointConfigurator endpoint, ConsumedQueue queue, IRegistrationContext context)
    {
        endpoint.SetQuorumQueue();
        endpoint.SingleActiveConsumer = true;
        endpoint.PublishFaults = false;

        // One message at a time keeps the order. A batch needs its messages at once.
        if (queue.InBatches)
            endpoint.ConfigureReceive(pipe => pipe.UseFilter(new InOrder()));
        endpoint.PrefetchCount = queue.InBatches ? 2 * ConsumerRegistration.BatchSize : Prefetch;
        endpoint.ConcurrentMessageLimit = queue.InBatches ? 2 * ConsumerRegistration.BatchSize : 1;

        var errors = new ErrorQueue(queue.Subscription.Queue);
        endpoint.ConfigureError(pipe => pipe.UseFilter(errors));
        endpoint.ConfigureDeadLetter(pipe => pipe.UseFilter(errors));
        endpoint.ConfigureChannel(pipe => pipe.UseFilter(new DeclareTopology(queue)));
        foreach (var consumer in queue.Consumers)
            consumer.Attach(endpoint, context);
    }

    private sealed class DeclareTopology(ConsumedQueue queue) : IFilter<ChannelContext>
    {
        public async Task Send(ChannelContext context, IPipe<ChannelContext> next)
        {
            await Topology.Declare(context.ConnectionContext.Connection, queue.Subscription, context.CancellationToken);
            await next.Send(context);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("declareTopology");
    }
}
