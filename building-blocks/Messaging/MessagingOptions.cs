using Loyalty.Contracts;
using Loyalty.EventStore;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.Messaging;

/// <summary>What a service publishes and consumes.</summary>
public sealed class MessagingOptions
{
    private readonly List<ConsumedQueue> queues = [];

    internal MessagingOptions(string service) => Service = service;

    /// <summary>The service, as in <c>points-ledger</c>.</summary>
    public string Service { get; }

    internal PageMapping? Published { get; private set; }

    internal IReadOnlyList<ConsumedQueue> Queues => queues;

    /// <summary>
    /// Publishes the service's log: <paramref name="map"/> gives the contract that tells others of a stored event, or null where it
    /// is nobody else's business. Pure, so that publishing again tells the same.
    /// </summary>
    public void Publish(Func<StoredEvent, object?> map) => Published = (_, _, _) => Task.FromResult(map);

    /// <summary>The same where a fact alone does not say what to tell, for example because the log must not hold what can't be forgotten.</summary>
    public void Publish(PageMapping mapping) => Published = mapping;

    /// <summary>Consumes a queue.</summary>
    public void Consume<T>(Subscription subscription) where T : class, IConsumer =>
        Consume(subscription, [ConsumerRegistration.Of<T>()]);

    /// <summary>Consumes a queue of several events.</summary>
    public void Consume<T1, T2>(Subscription subscription) where T1 : class, IConsumer where T2 : class, IConsumer =>
        Consume(subscription, [ConsumerRegistration.Of<T1>(), ConsumerRegistration.Of<T2>()]);

    /// <summary>Consumes a queue of several events.</summary>
    public void Consume<T1, T2, T3>(Subscription subscription)
        where T1 : class, IConsumer where T2 : class, IConsumer where T3 : class, IConsumer =>
        Consume(subscription, [ConsumerRegistration.Of<T1>(), ConsumerRegistration.Of<T2>(), ConsumerRegistration.Of<T3>()]);

    /// <summary>Consumes a queue of several events.</summary>
    public void Consume<T1, T2, T3, T4>(Subscription subscription)
        where T1 : class, IConsumer where T2 : class, IConsumer where T3 : class, IConsumer where T4 : class, IConsumer =>
        Consume(subscription,
            [ConsumerRegistration.Of<T1>(), ConsumerRegistration.Of<T2>(), ConsumerRegistration.Of<T3>(), ConsumerRegistration.Of<T4>()]);

    /// <summary>Consumes a queue of several events.</summary>
    public void Consume<T1, T2, T3, T4, T5>(Subscription subscription)
        where T1 : class, IConsumer where T2 : class, IConsumer where T3 : class, IConsumer where T4 : class, IConsumer where T5 : class, IConsumer =>
        Consume(subscription,
        [
            ConsumerRegistration.Of<T1>(), ConsumerRegistration.Of<T2>(), ConsumerRegistration.Of<T3>(), ConsumerRegistration.Of<T4>(),
            ConsumerRegistration.Of<T5>(),
        ]);

    /// <summary>Consumes a queue of several events.</summary>
    public void Consume<T1, T2, T3, T4, T5, T6>(Subscription subscription)
        where T1 : class, IConsumer where T2 : class, IConsumer where T3 : class, IConsumer where T4 : class, IConsumer where T5 : class, IConsumer
        where T6 : class, IConsumer =>
        Consume(subscription,
        [
            ConsumerRegistration.Of<T1>(), ConsumerRegistration.Of<T2>(), ConsumerRegistration.Of<T3>(), ConsumerRegistration.Of<T4>(),
            ConsumerRegistration.Of<T5>(), ConsumerRegistration.Of<T6>(),
        ]);

    private void Consume(Subscription subscription, IReadOnlyList<ConsumerRegistration> consumers)
    {
        var consumed = consumers.SelectMany(c => c.Events).Select(e => e.FullName!).Order(StringComparer.Ordinal).ToList();
        var expected = subscription.Events.Select(e => e.FullName!).Order(StringComparer.Ordinal).ToList();
        if (!consumed.SequenceEqual(expected, StringComparer.Ordinal))
        {
            throw new InvalidOperationException(
                $"The consumers of {subscription.Queue} must consume each of its events exactly once. " +
                $"Its events: {string.Join(", ", expected)}. Consumed: {string.Join(", ", consumed)}.");
        }

        if (!subscription.Queue.StartsWith(Service + ".", StringComparison.Ordinal))
            throw new InvalidOperationException($"The queue {subscription.Queue} does not belong to {Service}.");
        queues.Add(new(subscription, consumers));
    }
}

/// <summary>Gives the mapping of one page of the log, after it has read in one go what that needs besides the page.</summary>
/// <param name="services">The service's own parts.</param>
/// <param name="page">The events that are to be mapped.</param>
/// <param name="ct">Ends the reading.</param>
public delegate Task<Func<StoredEvent, object?>> PageMapping(IServiceProvider services, IReadOnlyList<StoredEvent> page, CancellationToken ct);

/// <summary>A queue and who consumes it.</summary>
internal sealed record ConsumedQueue(Subscription Subscription, IReadOnlyList<ConsumerRegistration> Consumers);

/// <summary>One class that consumes pages of one or more events.</summary>
internal sealed record ConsumerRegistration(IReadOnlyList<Type> Events, Action<IReceiveEndpointConfigurator, IServiceProvider> Attach)
{
    public static ConsumerRegistration Of<T>() where T : class, IConsumer => new(
        [
            .. typeof(T).GetInterfaces()
                .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IConsumer<>))
                .Select(i => EventOf(typeof(T), i.GetGenericArguments()[0])),
        ],
        (endpoint, services) => endpoint.Consumer(() => ActivatorUtilities.CreateInstance<T>(services)));

    private static Type EventOf(Type consumer, Type message) => message.IsGenericType && message.GetGenericTypeDefinition() == typeof(Page<>)
        ? message.GetGenericArguments()[0]
        : throw new InvalidOperationException($"{consumer.Name} must consume Page<{message.Name}>: events come in pages.");
}
