using Loyalty.Contracts;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Loyalty.Messaging;

/// <summary>
/// The exchanges and queues in RabbitMQ that a <see cref="Subscription"/> stands for. An event goes to the exchange named after its
/// contract, from there to the exchange of each subscribed queue, and from there into the queue. The names are MassTransit's.
/// </summary>
/// <remarks>
/// RabbitMQ confirms a message that no queue gets, and nothing in AMQP tells a publisher whether a queue is bound. So the consumer
/// declares one more exchange per queue and event, after it has bound the queue: the mark that the publisher looks for.
/// </remarks>
public static class Topology
{
    private const string Fanout = "fanout";

    /// <summary>Where consumers put what they can't process.</summary>
    public static string ErrorQueueOf(string queue) => queue + "_error";

    internal static string ExchangeOf(Type contract) => $"{contract.Namespace}:{contract.Name}";

    /// <summary>The subscriptions of others to the log of one service.</summary>
    internal static IReadOnlyList<Subscription> OfLogOf(string service) =>
    [
        .. from subscription in Subscriptions.All
           where subscription.FromLog
           let events = subscription.Events.Where(e => BrokerPermissions.Owns(service, e)).ToList()
           where events.Count > 0
           select subscription with { Events = events },
    ];

    /// <summary>The subscriptions to one contract.</summary>
    internal static IReadOnlyList<Subscription> Of(Type contract) =>
        [.. Subscriptions.All.Where(s => s.Events.Contains(contract)).Select(s => s with { Events = [contract] })];

    /// <summary>
    /// Declares a queue, its error queue and its bindings, and says so at the end. Does nothing to what already exists. Consumers do
    /// this by themselves whenever they connect.
    /// </summary>
    public static async Task Declare(IConnection connection, Subscription subscription, CancellationToken ct = default)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        await DeclareQueue(channel, subscription.Queue, singleActiveConsumer: true, ct);
        await DeclareQueue(channel, ErrorQueueOf(subscription.Queue), singleActiveConsumer: false, ct);
        foreach (var contract in subscription.Events)
        {
            await DeclareExchange(channel, ExchangeOf(contract), ct);
            await channel.ExchangeBindAsync(subscription.Queue, ExchangeOf(contract), routingKey: "", cancellationToken: ct);
            await DeclareExchange(channel, MarkOf(subscription, contract), ct);
        }
    }

    /// <summary>What is still missing in RabbitMQ for nothing to get lost, in words.</summary>
    internal static async Task<IReadOnlyList<string>> Missing(IConnection connection, IEnumerable<Subscription> subscriptions, CancellationToken ct)
    {
        await using var look = new PassiveLook(connection);
        var missing = new List<string>();
        foreach (var subscription in subscriptions)
        {
            if (!await look.Finds(channel => channel.QueueDeclarePassiveAsync(subscription.Queue, ct), ct))
            {
                missing.Add($"the queue {subscription.Queue} does not exist");
                continue;
            }

            foreach (var contract in subscription.Events)
            {
                if (!await look.Finds(channel => channel.ExchangeDeclarePassiveAsync(MarkOf(subscription, contract), ct), ct))
                    missing.Add($"the queue {subscription.Queue} is not bound to {contract.Name}");
            }
        }

        return missing;
    }

    private static string MarkOf(Subscription subscription, Type contract) => $"{subscription.Queue}:{ExchangeOf(contract)}";

    private static async Task DeclareQueue(IChannel channel, string name, bool singleActiveConsumer, CancellationToken ct)
    {
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal) { [Headers.XQueueType] = "quorum" };
        if (singleActiveConsumer)
            arguments[Headers.XSingleActiveConsumer] = true;
        await channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: ct);
        await DeclareExchange(channel, name, ct);
        await channel.QueueBindAsync(name, name, routingKey: "", cancellationToken: ct);
    }

    internal static Task DeclareExchange(IChannel channel, string name, CancellationToken ct) =>
        channel.ExchangeDeclareAsync(name, Fanout, durable: true, autoDelete: false, cancellationToken: ct);

    // A passive declaration of what is absent closes its channel, so the next needs another one.
    private sealed class PassiveLook(IConnection connection) : IAsyncDisposable
    {
        private IChannel? channel;

        public async Task<bool> Finds(Func<IChannel, Task> declarePassively, CancellationToken ct)
        {
            channel ??= await connection.CreateChannelAsync(cancellationToken: ct);
            try
            {
                await declarePassively(channel);
                return true;
            }
            catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == Constants.NotFound)
            {
                await DisposeAsync();
                return false;
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (channel is not null)
                await channel.DisposeAsync();
            channel = null;
        }
    }
}
