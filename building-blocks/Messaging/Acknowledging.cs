using MassTransit.Middleware;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;

namespace Loyalty.Messaging;

/// <summary>
/// A channel that acknowledges the messages of a batch together: RabbitMQ can be told "everything up to this one", which costs it,
/// and us, as much as a single message. Tags are held back until all before them are done. What is never told because the channel
/// broke is delivered again.
/// </summary>
internal sealed class Acknowledging(ChannelContext inner) : ProxyPipeContext(inner), ChannelContext
{
    private readonly Lock gate = new();
    private readonly HashSet<ulong> done = [];
    private ulong told;
    private ulong upTo;
    private bool telling;

    public IChannel Channel => inner.Channel;

    public ConnectionContext ConnectionContext => inner.ConnectionContext;

    public ValueTask BasicAck(ulong deliveryTag, bool multiple)
    {
        lock (gate)
        {
            // A tag out of the ordinary, such as one that was given back meanwhile, would hold up all after it.
            if (multiple || deliveryTag <= upTo)
                return inner.BasicAck(deliveryTag, multiple);
            done.Add(deliveryTag);
            if (!Advance())
                return ValueTask.CompletedTask;
            telling = true;
        }

        _ = Task.Run(Tell);
        return ValueTask.CompletedTask;
    }

    public async Task BasicNack(ulong deliveryTag, bool multiple, bool requeue)
    {
        await inner.BasicNack(deliveryTag, multiple, requeue);
        await BasicAckedElsewhere(deliveryTag);
    }

    public Task BasicPublishAsync(string exchange, string routingKey, bool mandatory, BasicProperties basicProperties, byte[] body, bool awaitAck) =>
        inner.BasicPublishAsync(exchange, routingKey, mandatory, basicProperties, body, awaitAck);

    public Task ExchangeBind(string destination, string source, string routingKey, IDictionary<string, object> arguments) =>
        inner.ExchangeBind(destination, source, routingKey, arguments);

    public Task ExchangeDeclare(string exchange, string type, bool durable, bool autoDelete, IDictionary<string, object> arguments) =>
        inner.ExchangeDeclare(exchange, type, durable, autoDelete, arguments);

    public Task ExchangeDeclarePassive(string exchange) => inner.ExchangeDeclarePassive(exchange);

    public Task QueueBind(string queue, string exchange, string routingKey, IDictionary<string, object> arguments) =>
        inner.QueueBind(queue, exchange, routingKey, arguments);

    public Task<QueueDeclareOk> QueueDeclare(string queue, bool durable, bool exclusive, bool autoDelete, IDictionary<string, object> arguments) =>
        inner.QueueDeclare(queue, durable, exclusive, autoDelete, arguments);

    public Task<QueueDeclareOk> QueueDeclarePassive(string queue) => inner.QueueDeclarePassive(queue);

    public Task<uint> QueuePurge(string queue) => inner.QueuePurge(queue);

    public Task BasicQos(uint prefetchSize, ushort prefetchCount, bool global) => inner.BasicQos(prefetchSize, prefetchCount, global);

    public Task<string> BasicConsume(
        string queue, bool noAck, bool exclusive, IDictionary<string, object> arguments, IAsyncBasicConsumer consumer, string consumerTag, CancellationToken cancellationToken) =>
        inner.BasicConsume(queue, noAck, exclusive, arguments, consumer, consumerTag, cancellationToken);

    public Task BasicCancel(string consumerTag) => inner.BasicCancel(consumerTag);

    // Whether there is something to tell and nobody tells it yet.
    private bool Advance()
    {
        while (done.Remove(upTo + 1))
            upTo++;
        return upTo > told && !telling;
    }

    private Task BasicAckedElsewhere(ulong deliveryTag)
    {
        lock (gate)
        {
            if (deliveryTag <= upTo)
                return Task.CompletedTask;
            done.Add(deliveryTag);
            if (!Advance())
                return Task.CompletedTask;
            telling = true;
        }

        return Tell();
    }

    private async Task Tell()
    {
        while (true)
        {
            ulong next;
            lock (gate)
            {
                if (upTo == told)
                {
                    telling = false;
                    return;
                }

                (next, told) = (upTo, upTo);
            }

            try
            {
                await inner.BasicAck(next, multiple: true);
            }
            catch (Exception)
            {
                // The channel is gone, and whoever watches it sees that; RabbitMQ delivers again.
                return;
            }
        }
    }
}
