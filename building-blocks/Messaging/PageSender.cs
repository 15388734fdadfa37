using Loyalty.Contracts;
using RabbitMQ.Client.Exceptions;

namespace Loyalty.Messaging;

/// <summary>
/// Sends events that stand in no log: whoever sends them keeps what is needed to send them again, under the same ids, until they are
/// confirmed. Everything else is told by the relay, from the log.
/// </summary>
public sealed class PageSender : IDisposable
{
    private readonly Broker broker;
    private readonly string name;
    private readonly SemaphoreSlim turn = new(1);
    private PageChannel? channel;

    internal PageSender(Broker broker, MessagingOptions options) => (this.broker, name) = (broker, options.Service + " sender");

    /// <summary>
    /// Sends events in their order, on pages, and returns once RabbitMQ has confirmed all of them. Calls take turns. Throws
    /// <see cref="IOException"/> while RabbitMQ can't take them or a queue is missing that they must reach; some may have been sent then.
    /// </summary>
    public async Task Send<T>(IReadOnlyList<Told<T>> events, CancellationToken ct) where T : class
    {
        ArgumentNullException.ThrowIfNull(events);
        if (events.Count == 0)
            return;
        await turn.WaitAsync(ct);
        try
        {
            channel ??= await PageChannel.Connect(broker, name, ct);
            if (await channel.Missing(Topology.Of(typeof(T)), ct) is [var missing, ..])
                throw new IOException($"{typeof(T).Name} would reach nobody: {missing}.");
            var tellings = events.Select(told => new Telling(told.Id, told.Event, told.TraceParent)).ToList();
            await PageChannel.Confirmed(await channel.Publish(tellings, ct), ct);
        }
        catch (Exception e)
        {
            channel?.Dispose();
            channel = null;
            // What the client throws for a lost connection is of several kinds, and not all of them are input and output to .NET.
            if (e is RabbitMQClientException or TimeoutException)
                throw new IOException($"RabbitMQ could not take {events.Count} events of {typeof(T).Name}: {e.Message}", e);
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        channel?.Dispose();
        turn.Dispose();
    }
}
