using MassTransit;
using MassTransit.RabbitMqTransport;

namespace Loyalty.Messaging;

/// <summary>
/// Lets messages that are handled at once, so that they can be gathered into batches, enter one after another as RabbitMQ
/// delivered them. Without it they race, and the last of one batch may overtake the first of the next.
/// </summary>
internal sealed class InOrder : IFilter<ReceiveContext>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        if (!context.TryGetPayload(out ChannelContext? channel) || !context.TryGetPayload(out RabbitMqBasicConsumeContext? delivery))
            throw new InvalidOperationException("Only messages from RabbitMQ can be put in order.");

        // RabbitMQ numbers the deliveries of a channel from 1 without a hole, and only this queue is consumed on it.
        var queue = channel.GetOrAddPayload(() => new Turnstile());
        Task handled;
        try
        {
            await queue.Turn(delivery.DeliveryTag).WaitAsync(Patience, context.CancellationToken);

            // A message has joined its batch by the time this call returns; its task ends when the batch has taken effect.
            handled = next.Send(context);
        }
        finally
        {
            queue.LetIn(delivery.DeliveryTag + 1);
        }

        await handled;
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("inOrder");

    private sealed class Turnstile
    {
        private readonly Dictionary<ulong, TaskCompletionSource> waiting = [];
        private ulong turn = 1;

        public Task Turn(ulong tag)
        {
            lock (waiting)
            {
                if (tag <= turn)
                    return Task.CompletedTask;
                return (waiting[tag] = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }

        public void LetIn(ulong tag)
        {
            lock (waiting)
            {
                turn = Math.Max(turn, tag);
                if (waiting.Remove(tag, out var next))
                    next.SetResult();
            }
        }
    }
}
