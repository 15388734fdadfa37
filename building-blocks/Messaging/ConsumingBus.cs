using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Loyalty.Messaging;

/// <summary>
/// Consumes all queues of the service over one connection until anything is wrong with it. It never mends itself: MassTransit's
/// way back from a lost broker waits longer and longer, and can wait for ever for a connection that its own consumer keeps from
/// closing. A bus with a fault is left behind with all that hangs in it, and RabbitMQ delivers again what it had not finished.
/// </summary>
internal sealed class ConsumingBus : IReceiveEndpointObserver, IDisposable
{
    private const ushort Prefetch = 8;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Starting = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Stopping = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Intake> intakes = [];
    private readonly IBusControl bus;
    private readonly CancellationTokenSource left = new();
    private volatile IConnection? connection;

    public ConsumingBus(Broker broker, MessagingOptions options, IServiceProvider services, ILoggerFactory loggers)
    {
        LogContext.ConfigureCurrentLogContext(loggers);
        bus = Bus.Factory.CreateUsingRabbitMq(rabbit =>
        {
            broker.Host(rabbit, options.Service + " consumers");
            rabbit.UseInstrumentation(serviceName: options.Service);
            foreach (var queue in options.Queues)
                rabbit.ReceiveEndpoint(queue.Subscription.Queue, endpoint => Configure(endpoint, queue, services));
        });
        bus.ConnectReceiveEndpointObserver(this);
    }

    /// <summary>Consumes until cancelled; throws when something is wrong.</summary>
    /// <param name="well">Called now and then while all is well.</param>
    /// <param name="ct">Lets what is in hand take effect, then returns.</param>
    public async Task Run(Action well, CancellationToken ct)
    {
        await Deadline.Within(Starting, "Starting to consume", _ => UnlessLost(bus.StartAsync(left.Token)), ct);
        while (!ct.IsCancellationRequested)
        {
            foreach (var intake in intakes)
                intake.Check(await Deadline.Within(Answer, "Looking into " + intake.Queue, token => Waiting(intake.Queue, token), ct));
            well();
            await UnlessLost(Task.Delay(Look, ct));
        }
    }

    /// <summary>Stops in good order, for as long as that takes or may take.</summary>
    public Task Stop() => Deadline.Within(Stopping, "Ending to consume", bus.StopAsync, CancellationToken.None);

    /// <summary>
    /// Leaves the bus behind. Without its connection it can't hold a message any longer, and whatever in it tries again finds that
    /// it has been left.
    /// </summary>
    public void Dispose()
    {
        intakes.ForEach(i => i.End());
        left.Cancel();
        if (connection is { } open)
            Broker.Leave(open);
        _ = Stop().ContinueWith(t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    Task IReceiveEndpointObserver.Ready(ReceiveEndpointReady ready) => Task.CompletedTask;

    Task IReceiveEndpointObserver.Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    Task IReceiveEndpointObserver.Completed(ReceiveEndpointCompleted completed)
    {
        lost.TrySetException(new IOException($"RabbitMQ no longer delivers from {completed.InputAddress.AbsolutePath}."));
        return Task.CompletedTask;
    }

    Task IReceiveEndpointObserver.Faulted(ReceiveEndpointFaulted faulted)
    {
        lost.TrySetException(faulted.Exception ?? new IOException($"RabbitMQ does not deliver from {faulted.InputAddress.AbsolutePath}."));
        return Task.CompletedTask;
    }

    // The client tells of a lost connection by events, one handler after another, of which any may hang. So it is also looked at.
    private async Task UnlessLost(Task work)
    {
        while (!work.IsCompleted)
        {
            if (connection is { IsOpen: false } closed)
                throw new IOException($"The connection to RabbitMQ broke: {closed.CloseReason}");
            await Task.WhenAny(work, lost.Task, Task.Delay(Glance));
            if (lost.Task.IsFaulted)
                await lost.Task;
        }

        await work;
    }

    // Asked over the very connection that delivers: no answer means no deliveries either.
    private async Task<uint> Waiting(string queue, CancellationToken ct)
    {
        var asked = connection ?? throw new InvalidOperationException("Nothing is consumed yet.");
        await using var channel = await asked.CreateChannelAsync(cancellationToken: ct);
        return (await channel.QueueDeclarePassiveAsync(queue, ct)).MessageCount;
    }

    private void Configure(IRabbitMqReceiveEndpointConfigurator endpoint, ConsumedQueue queue, IServiceProvider services)
    {
        var intake = new Intake(queue.Subscription.Queue);
        intakes.Add(intake);
        endpoint.SetQuorumQueue();
        endpoint.SingleActiveConsumer = true;
        endpoint.PublishFaults = false;
        endpoint.AddDeserializer(new PageReader(queue.Subscription.Events), isDefault: true);
        endpoint.ConfigureReceive(pipe => pipe.UseFilter(intake));

        // One page at a time keeps the order. The queue is bound to the exchanges of its events, by Topology.
        endpoint.PrefetchCount = Prefetch;
        endpoint.ConcurrentMessageLimit = 1;
        endpoint.ConfigureConsumeTopology = false;

        var errors = new ErrorQueue(queue.Subscription.Queue);
        endpoint.ConfigureError(pipe => pipe.UseFilter(errors));
        endpoint.ConfigureDeadLetter(pipe => pipe.UseFilter(errors));
        endpoint.ConfigureChannel(pipe => pipe.UseFilter(new DeclareTopology(this, queue)));
        foreach (var consumer in queue.Consumers)
            consumer.Attach(endpoint, services);
    }

    private sealed class DeclareTopology(ConsumingBus bus, ConsumedQueue queue) : IFilter<ChannelContext>
    {
        public async Task Send(ChannelContext context, IPipe<ChannelContext> next)
        {
            var connection = context.ConnectionContext.Connection;
            if (bus.left.IsCancellationRequested)
                Broker.Leave(connection);
            bus.left.Token.ThrowIfCancellationRequested();
            bus.connection = connection;
            await Deadline.Within(
                Answer, $"Declaring {queue.Subscription.Queue}",
                ct => Topology.Declare(connection, queue.Subscription, ct), context.CancellationToken);
            await next.Send(context);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("declareTopology");
    }
}
