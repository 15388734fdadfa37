using MassTransit;
using MassTransit.Middleware.Rescue;
using MassTransit.RabbitMqTransport;
using MassTransit.RabbitMqTransport.Middleware;
using MassTransit.RabbitMqTransport.Topology;

namespace Loyalty.Messaging;

/// <summary>
/// Moves a message that failed, or that no consumer understands, to the queue's error queue, where it stays until somebody
/// re-drives it. Nothing is dropped, and nobody is told by message: faults are not facts.
/// </summary>
internal sealed class ErrorQueue(string queue)
    : RabbitMqMoveTransport<ErrorQueue.Declared>(Topology.ErrorQueueOf(queue), AlreadyDeclared), IFilter<ExceptionReceiveContext>, IFilter<ReceiveContext>
{
    // The topology is declared as a whole when the consumer connects; MassTransit need not declare this part again.
    private static readonly ConfigureRabbitMqTopologyFilter<Declared> AlreadyDeclared =
        new(new Declared(), new PublishEndpointBrokerTopologyBuilder().BuildBrokerTopology());

    async Task IFilter<ExceptionReceiveContext>.Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        // Back to the queue: the process stops before the message could be tried.
        if (context.Exception is StoppingException)
            throw context.Exception;
        if (!context.IsFaulted)
            await context.NotifyFaulted(context.Exception);
        await Move(context);
        await next.Send(context);
    }

    async Task IFilter<ReceiveContext>.Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        var unknown = new UnknownMessageException($"No consumer of {queue} understands this message.");
        await context.NotifyFaulted(unknown);
        await Move(new RescueExceptionReceiveContext(context, unknown));
        await next.Send(context);
    }

    void IProbeSite.Probe(ProbeContext context) => context.CreateFilterScope("errorQueue");

    private Task Move(ExceptionReceiveContext context) => Move(context, (properties, headers) =>
    {
        foreach (var header in context.ExceptionHeaders.GetAll())
            headers.Set(header.Key, header.Value);
        properties.ClearExpiration();
    });

    internal sealed class Declared;
}

/// <summary>A message that reached a queue although nobody there consumes its type.</summary>
public sealed class UnknownMessageException(string message) : Exception(message);

/// <summary>The process stops while a message waits for the database; the message goes back to its queue.</summary>
public sealed class StoppingException(string message) : Exception(message);
