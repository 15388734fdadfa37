namespace Loyalty.Commands;

/// <summary>
/// Streams that many want at once. A command that lost a race for a stream goes on only when it is its turn among those of this
/// process that lost one too; otherwise a hundred losers would decide again at the same time, and ninety-nine would lose again.
/// </summary>
internal sealed class HotStreams : IDisposable
{
    // Streams share lanes by chance, which only means that two losers wait for one another a little.
    private readonly SemaphoreSlim[] lanes = [.. Enumerable.Range(0, 256).Select(_ => new SemaphoreSlim(1))];

    public SemaphoreSlim LaneOf(Guid stream) => lanes[(uint)stream.GetHashCode() % (uint)lanes.Length];

    public void Dispose()
    {
        foreach (var lane in lanes)
            lane.Dispose();
    }
}

/// <summary>One command's place among those that lost a race.</summary>
internal sealed class Turn(HotStreams hot) : IDisposable
{
    private SemaphoreSlim? lane;

    /// <summary>Waits before deciding again: for a turn at first; whoever has it and lost to another process, a moment.</summary>
    public async Task Wait(Guid? stream, int attempt, CancellationToken cancellationToken)
    {
        if (lane is null && stream is { } id)
        {
            var mine = hot.LaneOf(id);
            await mine.WaitAsync(cancellationToken);
            lane = mine;
            return;
        }
#pragma warning disable CA5394 // Jitter needs no cryptographic randomness.
        await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * (1 << Math.Min(attempt, 6))), cancellationToken);
#pragma warning restore CA5394
    }

    public void Dispose() => lane?.Release();
}
