using System.Diagnostics;
using Loyalty.Contracts;
using Loyalty.EventStore;
using MassTransit.Logging;
using RabbitMQ.Client;

namespace Loyalty.Messaging;

/// <summary>
/// Publishes pages of the log on a channel of its own, in order, without waiting for one confirm before the next publication. After
/// the first failure it is thrown away with its connection: a channel does not know which confirms it lost.
/// </summary>
internal sealed class PagePublisher : IDisposable
{
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private static readonly CachedString NoRoutingKey = new("");
    private static readonly ActivitySource Source = new("Loyalty.Messaging");

    private readonly IConnection connection;
    private readonly IChannel channel;
    private readonly Func<StoredEvent, object?> map;
    private readonly IReadOnlyList<Subscription> subscriptions;
    private readonly Confirms confirms = new();
    private readonly Envelope envelope = new();
    private readonly Dictionary<Type, CachedString> exchanges = [];
    private long lookedAt;

    private PagePublisher(IConnection connection, IChannel channel, MessagingOptions options)
    {
        (this.connection, this.channel) = (connection, channel);
        map = options.Published!;
        subscriptions = Topology.OfEventsOf(options.Service);
        channel.BasicAcksAsync += (_, ack) =>
        {
            confirms.Confirm(ack.DeliveryTag, ack.Multiple);
            return Task.CompletedTask;
        };
        channel.BasicNacksAsync += (_, nack) =>
        {
            confirms.Fail(new IOException($"RabbitMQ could not take publication {nack.DeliveryTag}."));
            return Task.CompletedTask;
        };
        channel.ChannelShutdownAsync += (_, shutdown) =>
        {
            confirms.Fail(new IOException($"RabbitMQ closed the relay's channel: {shutdown.ReplyText}"));
            return Task.CompletedTask;
        };
    }

    public static async Task<PagePublisher> Connect(Broker broker, MessagingOptions options, CancellationToken ct)
    {
        var own = await broker.Connect(options.Service + " relay", ct);
        try
        {
            var confirming = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false);
            return new(own, await Deadline.Within(Answer, "Opening the relay's channel", token => own.CreateChannelAsync(confirming, token), ct), options);
        }
        catch
        {
            Broker.Leave(own);
            throw;
        }
    }

    /// <summary>
    /// What RabbitMQ still lacks for the service's events to reach everybody who subscribes to them. Having found nothing missing, it
    /// does not look again for a second.
    /// </summary>
    public async Task<IReadOnlyList<string>> Missing(CancellationToken ct)
    {
        if (lookedAt != 0 && Stopwatch.GetElapsedTime(lookedAt) < LookAgain)
            return [];
        var missing = await Deadline.Within(Answer, "Looking for the queues", token => Topology.Missing(connection, subscriptions, token), ct);
        lookedAt = missing.Count == 0 ? Stopwatch.GetTimestamp() : 0;
        return missing;
    }

    /// <summary>
    /// Publishes events in order. The task that is returned once they are written completes when RabbitMQ has confirmed all of them
    /// and all before them.
    /// </summary>
    public async Task<Task> Publish(IReadOnlyList<StoredEvent> events, CancellationToken ct)
    {
        await Deadline.Within(
            Answer, $"Publishing {events.Count} events",
            async token =>
            {
                foreach (var @event in events)
                {
                    if (map(@event) is { } contract)
                        await Publish(@event, contract, token);
                }
            },
            ct);
        return confirms.All();
    }

    /// <summary>Waits for a page to be confirmed, as long as that may take.</summary>
    public static Task Confirmed(Task page, CancellationToken ct) => Deadline.Within(Answer, "Confirming a page", page.WaitAsync, ct);

    public void Dispose() => Broker.Leave(connection);

    private async Task Publish(StoredEvent @event, object contract, CancellationToken ct)
    {
        if (!exchanges.TryGetValue(contract.GetType(), out var exchange))
            exchange = await Declare(contract.GetType(), ct);

        // The span of the publication hangs directly on the request that caused the event, not on whatever runs here.
        Activity.Current = null;
        using var span = Source.StartActivity("publish", ActivityKind.Producer, @event.TraceParent);
        span?.DisplayName = "publish " + contract.GetType().Name;
        var traceParent = span?.Id ?? @event.TraceParent;
        var properties = new BasicProperties { MessageId = @event.Id.ToString(), ContentType = Envelope.ContentType, Persistent = true };
        if (traceParent is not null)
            properties.Headers = new Dictionary<string, object?>(1, StringComparer.Ordinal) { [DiagnosticHeaders.ActivityId] = traceParent };
        var body = envelope.Write(@event, contract, traceParent);
        confirms.Publishes();
        await channel.BasicPublishAsync(exchange, NoRoutingKey, mandatory: false, properties, body, ct);
    }

    // A contract that nobody subscribes to yet has no exchange until somebody publishes it.
    private async Task<CachedString> Declare(Type contract, CancellationToken ct)
    {
        await Topology.DeclareExchange(channel, Topology.ExchangeOf(contract), ct);
        return exchanges[contract] = new(Topology.ExchangeOf(contract));
    }
}
