namespace Loyalty.Messaging;

/// <summary>
/// Lets nothing take longer than it may. What is under way is cancelled, and when it does not heed that it is waited for no more:
/// a client of a broker that went away can hang in any call, also in one that closes it.
/// </summary>
internal static class Deadline
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Throws <see cref="TimeoutException"/> after <paramref name="limit"/>.</summary>
    public static async Task<T> Within<T>(TimeSpan limit, string what, Func<CancellationToken, Task<T>> work, CancellationToken ct)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        late.CancelAfter(limit);

        // On another thread, because what hangs may also hang before it returns its task.
        var working = Task.Run(() => work(late.Token), ct);
        try
        {
            return await working.WaitAsync(limit + Grace, ct);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException)
        {
            Abandon(working);
            if (late.IsCancellationRequested && !ct.IsCancellationRequested)
                throw new TimeoutException(FormattableString.Invariant($"{what} took longer than {limit.TotalSeconds:0} seconds."), e);
            throw;
        }
    }

    /// <inheritdoc cref="Within{T}"/>
    public static Task Within(TimeSpan limit, string what, Func<CancellationToken, Task> work, CancellationToken ct) =>
        Within(
            limit,
            what,
            async token =>
            {
                await work(token);
                return true;
            },
            ct);

    // What comes too late is put away, or a lease or a connection would be held by nobody for ever.
    private static void Abandon<T>(Task<T> working) => _ = working.ContinueWith(
        async late =>
        {
            if (late.IsCompletedSuccessfully && late.Result is IAsyncDisposable disposable)
                await disposable.DisposeAsync();
            _ = late.Exception;
        },
        CancellationToken.None,
        TaskContinuationOptions.None,
        TaskScheduler.Default);
}
