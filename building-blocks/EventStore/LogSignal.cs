namespace Loyalty.EventStore;

/// <summary>
/// Tells readers in this process that something was committed, so that they need not wait for their next look. Commits of other
/// processes are found by looking. (PostgreSQL's own NOTIFY takes a database-wide lock at every commit, so it is not used.)
/// </summary>
public sealed class LogSignal
{
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next commit in this process. Take it before looking into the log, then nothing falls in between.</summary>
    public Task Next => Volatile.Read(ref next).Task;

    /// <summary>Something was committed.</summary>
    public void Wake() => Interlocked.Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
