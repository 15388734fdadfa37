using Loyalty.Contracts;
using Loyalty.EventStore;

namespace Loyalty.Messaging;

/// <summary>Publishes pages of the log: what the service's mapping tells others of its events, on a <see cref="PageChannel"/> of the relay's own.</summary>
internal sealed class PagePublisher : IDisposable
{
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(15);

    private readonly PageChannel channel;
    private readonly Func<IReadOnlyList<StoredEvent>, CancellationToken, Task<Func<StoredEvent, object?>>> mapping;
    private readonly IReadOnlyList<Subscription> subscriptions;

    private PagePublisher(PageChannel channel, MessagingOptions options, IServiceProvider services)
    {
        this.channel = channel;
        mapping = (page, ct) => options.Published!(services, page, ct);
        subscriptions = Topology.OfLogOf(options.Service);
    }

    public static async Task<PagePublisher> Connect(Broker broker, MessagingOptions options, IServiceProvider services, CancellationToken ct) =>
        new(await PageChannel.Connect(broker, options.Service + " relay", ct), options, services);

    /// <summary>What RabbitMQ still lacks for the service's events to reach everybody who subscribes to them.</summary>
    public Task<IReadOnlyList<string>> Missing(CancellationToken ct) => channel.Missing(subscriptions, ct);

    /// <inheritdoc cref="PageChannel.Publish"/>
    public async Task<Task> Publish(IReadOnlyList<StoredEvent> events, CancellationToken ct)
    {
        var map = await Deadline.Within(Answer, "Reading what others are told", token => mapping(events, token), ct);
        var told = new List<Telling>(events.Count);
        foreach (var @event in events)
        {
            if (map(@event) is { } contract)
                told.Add(new(@event.Id, contract, @event.TraceParent));
        }

        return await channel.Publish(told, ct);
    }

    /// <inheritdoc cref="PageChannel.Confirmed"/>
    public static Task Confirmed(Task page, CancellationToken ct) => PageChannel.Confirmed(page, ct);

    public void Dispose() => channel.Dispose();
}
