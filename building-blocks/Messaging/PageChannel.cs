using System.Diagnostics;
using Loyalty.Contracts;
using RabbitMQ.Client;

namespace Loyalty.Messaging;

/// <summary>An event on its way out, the contract it is told as, and the trace it belongs to.</summary>
internal readonly record struct Telling(Guid Id, object Contract, string? TraceParent);

/// <summary>
/// Publishes pages of events on a channel of its own, without waiting for one confirm before the next publication. Events that are
/// published together travel together, one message per contract, in their order; a message that grows too large is followed by another.
/// After the first failure it is thrown away with its connection: a channel does not know which confirms it lost.
/// </summary>
internal sealed class PageChannel : IDisposable
{
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private static readonly CachedString NoRoutingKey = new("");

    private readonly IConnection connection;
    private readonly IChannel channel;
    private readonly Confirms confirms = new();
    private readonly Dictionary<Type, Outgoing> outgoing = [];
    private long lookedAt;

    private PageChannel(IConnection connection, IChannel channel)
    {
        (this.connection, this.channel) = (connection, channel);
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
            confirms.Fail(new IOException($"RabbitMQ closed the channel: {shutdown.ReplyText}"));
            return Task.CompletedTask;
        };
    }

    /// <summary>A channel on a connection that shows up in RabbitMQ under <paramref name="name"/>.</summary>
    public static async Task<PageChannel> Connect(Broker broker, string name, CancellationToken ct)
    {
        var own = await broker.Connect(name, ct);
        try
        {
            var confirming = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false);
            return new(own, await Deadline.Within(Answer, "Opening a channel", token => own.CreateChannelAsync(confirming, token), ct));
        }
        catch
        {
            Broker.Leave(own);
            throw;
        }
    }

    /// <summary>
    /// What RabbitMQ still lacks for events to reach everybody who subscribes to them. Having found nothing missing, it does not look
    /// again for a second; so always ask for the same.
    /// </summary>
    public async Task<IReadOnlyList<string>> Missing(IReadOnlyList<Subscription> subscriptions, CancellationToken ct)
    {
        if (lookedAt != 0 && Stopwatch.GetElapsedTime(lookedAt) < LookAgain)
            return [];
        var missing = await Deadline.Within(Answer, "Looking for the queues", token => Topology.Missing(connection, subscriptions, token), ct);
        lookedAt = missing.Count == 0 ? Stopwatch.GetTimestamp() : 0;
        return missing;
    }

    /// <summary>
    /// Publishes events, those of one contract in order. The task that is returned once they are written completes when RabbitMQ has confirmed all of them
    /// and all before them.
    /// </summary>
    public async Task<Task> Publish(IReadOnlyList<Telling> events, CancellationToken ct)
    {
        await Deadline.Within(
            Answer, $"Publishing {events.Count} events",
            async token =>
            {
                // The span of a publication hangs on the request that caused the event, not on whatever runs here.
                Activity.Current = null;
                var begun = new List<Outgoing>();
                foreach (var @event in events)
                    await Add(@event, begun, token);
                foreach (var rest in begun)
                    await Send(rest, token);
            },
            ct);
        return confirms.All();
    }

    /// <summary>Waits for a page to be confirmed, as long as that may take.</summary>
    public static Task Confirmed(Task page, CancellationToken ct) => Deadline.Within(Answer, "Confirming a page", page.WaitAsync, ct);

    public void Dispose() => Broker.Leave(connection);

    private async Task Add(Telling @event, List<Outgoing> begun, CancellationToken ct)
    {
        var type = @event.Contract.GetType();
        if (!outgoing.TryGetValue(type, out var to))
            to = await Declare(type, ct);
        if (to.Page.Count == 0)
            begun.Add(to);
        to.Page.Add(@event.Id, @event.Contract, EventSpans.Publish(type, @event.TraceParent));
        if (!to.Page.IsFull)
            return;
        await Send(to, ct);
        begun.Remove(to);
    }

    private async Task Send(Outgoing outgoing, CancellationToken ct)
    {
        var properties = new BasicProperties { MessageId = outgoing.Page.First.ToString(), ContentType = Envelope.ContentType, Persistent = true };
        confirms.Publishes();
        await channel.BasicPublishAsync(outgoing.Exchange, NoRoutingKey, mandatory: false, properties, outgoing.Page.Close(), ct);
    }

    // A contract that nobody subscribes to yet has no exchange until somebody publishes it.
    private async Task<Outgoing> Declare(Type contract, CancellationToken ct)
    {
        await Topology.DeclareExchange(channel, Topology.ExchangeOf(contract), ct);
        return outgoing[contract] = new(new(Topology.ExchangeOf(contract)), new(contract));
    }

    private sealed record Outgoing(CachedString Exchange, Envelope Page);
}
