namespace Loyalty.Messaging;

/// <summary>
/// What was published on one channel, and which of it RabbitMQ has confirmed. RabbitMQ numbers the publications of a channel from 1
/// and confirms them singly or up to a number, in any order.
/// </summary>
internal sealed class Confirms
{
    private readonly Lock gate = new();
    private readonly HashSet<ulong> ahead = [];
    private readonly Queue<(ulong Last, TaskCompletionSource Confirmed)> waiting = [];
    private ulong published;
    private ulong confirmed;
    private Exception? failure;

    /// <summary>One more is about to be published.</summary>
    public void Publishes()
    {
        lock (gate)
            published++;
    }

    /// <summary>Completes when everything published so far is confirmed; fails with the channel.</summary>
    public Task All()
    {
        lock (gate)
        {
            if (failure is not null)
                return Task.FromException(failure);
            if (confirmed == published)
                return Task.CompletedTask;
            var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Enqueue((published, all));
            return all.Task;
        }
    }

    public void Confirm(ulong number, bool andAllBefore)
    {
        lock (gate)
        {
            if (andAllBefore && number > confirmed)
                confirmed = number;
            else if (number > confirmed)
                ahead.Add(number);
            while (ahead.Remove(confirmed + 1))
                confirmed++;
            if (andAllBefore)
                ahead.RemoveWhere(n => n <= confirmed);
            while (waiting.TryPeek(out var first) && first.Last <= confirmed)
                waiting.Dequeue().Confirmed.SetResult();
        }
    }

    public void Fail(Exception reason)
    {
        lock (gate)
        {
            failure ??= reason;
            while (waiting.TryDequeue(out var first))
                first.Confirmed.SetException(failure);
        }
    }
}
