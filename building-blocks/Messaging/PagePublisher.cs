using System.Diagnostics;
using Loyalty.Contracts;
using Loyalty.EventStore;
using MassTransit;
using MassTransit.Logging;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Loyalty.Messaging;

/// <summary>
/// Publishes pages of the log over a bus of its own. It keeps the order and waits for every confirm. After the first failure it is
/// thrown away with its bus: what hangs in a broken bus must not come out later.
/// </summary>
internal sealed class PagePublisher : IAsyncDisposable
{
    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly IBusControl bus;
    private readonly IConnection connection;
    private readonly Func<StoredEvent, object?> map;
    private readonly IReadOnlyList<Subscription> subscriptions;
    private readonly HashSet<Type> declared = [];
    private long lookedAt;

    private PagePublisher(IBusControl bus, IConnection connection, MessagingOptions options)
    {
        this.bus = bus;
        this.connection = connection;
        map = options.Published!;
        subscriptions = Topology.OfEventsOf(options.Service);
    }

    public static async Task<PagePublisher> Connect(Broker broker, MessagingOptions options, ILoggerFactory loggers, CancellationToken ct)
    {
        // The same broker is asked directly first: it answers or fails at once, where a bus would go on trying by itself.
        var direct = await broker.Connect(options.Service + " relay's topology", ct);
        LogContext.ConfigureCurrentLogContext(loggers);
        var started = Bus.Factory.CreateUsingRabbitMq(rabbit => broker.Host(rabbit, options.Service + " relay"));
        var publisher = new PagePublisher(started, direct, options);
        try
        {
            using var starting = CancellationTokenSource.CreateLinkedTokenSource(ct);
            starting.CancelAfter(ConfirmTimeout);
            await started.StartAsync(starting.Token);
            return publisher;
        }
        catch
        {
            await publisher.DisposeAsync();
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
        var missing = await Topology.Missing(connection, subscriptions, ct);
        lookedAt = missing.Count == 0 ? Stopwatch.GetTimestamp() : 0;
        return missing;
    }

    /// <summary>Publishes events in order and returns when RabbitMQ has confirmed all of them.</summary>
    public async Task Publish(IReadOnlyList<StoredEvent> events, CancellationToken ct)
    {
        using var page = CancellationTokenSource.CreateLinkedTokenSource(ct);
        page.CancelAfter(ConfirmTimeout);
        var outstanding = new List<Task>(events.Count);
        try
        {
            foreach (var @event in events)
            {
                if (map(@event) is not { } contract)
                    continue;
                page.Token.ThrowIfCancellationRequested();
                var message = new Message(@event);
                var sending = message.Send(bus, contract, page.Token);

                // On an open channel everything up to writing the frame happens before the call returns, so calls one after another
                // keep the order. Where a connection or an exchange had to be made first, nothing may overtake.
                if (!message.HasBegun)
                    declared.Clear();
                if (declared.Add(contract.GetType()))
                    await sending.WaitAsync(page.Token);
                else
                    outstanding.Add(sending);
            }

            await Task.WhenAll(outstanding).WaitAsync(page.Token);
        }
        catch (Exception e)
        {
            await page.CancelAsync();
            _ = Task.WhenAll(outstanding).ContinueWith(t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            if (e is OperationCanceledException && !ct.IsCancellationRequested)
                throw new TimeoutException($"RabbitMQ did not confirm a page of {events.Count} events within {ConfirmTimeout.TotalSeconds} seconds.", e);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Neither may hang: a bus that lost its broker waits for it even to say goodbye.
        using var stopping = new CancellationTokenSource(StopTimeout);
        await Task.WhenAll(bus.StopAsync(stopping.Token), connection.CloseAsync(stopping.Token))
            .WaitAsync(StopTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await connection.DisposeAsync();
    }

    private sealed class Message(StoredEvent @event)
    {
        public bool HasBegun { get; private set; }

        public Task Send(IPublishEndpoint bus, object contract, CancellationToken ct)
        {
            // The span of the publication hangs directly on the request that caused the event, not on whatever runs here.
            Activity.Current = null;
            return bus.Publish(contract, contract.GetType(), Begin, ct);
        }

        // MassTransit asks again when it sends again by itself after a lost connection; by then later messages may be out.
        private void Begin(PublishContext context)
        {
            if (HasBegun)
                throw new InvalidOperationException("The connection broke while a page was published; the page is published again as a whole.");
            HasBegun = true;
            context.MessageId = @event.Id;
            if (@event.TraceParent is not null)
                context.Headers.Set(DiagnosticHeaders.ActivityId, @event.TraceParent);
        }
    }
}
