namespace Loyalty.EventStore;

/// <summary>
/// The newest part of the log in memory, for the several readers of one process that follow it closely: each page is fetched and
/// decoded once. The log never changes, so what was safe to read stays right.
/// </summary>
internal sealed class LogTail
{
    // Of facts as they are stored; in memory they take a few times as much.
    private const int MostBytes = 4 * 1024 * 1024;

    private readonly SemaphoreSlim turn = new(1);
    private Kept kept = new(0, 0, [], 0);

    /// <summary>A page from memory, or else by <paramref name="read"/>, one reader at a time.</summary>
    public async Task<LogPage> Read(long after, int limit, Func<long, int, CancellationToken, Task<LogPage>> read, CancellationToken ct)
    {
        if (Volatile.Read(ref kept).Page(after, limit) is { } known)
            return known;

        // Who is far behind reads by itself and holds nobody up.
        if (after < Volatile.Read(ref kept).From)
            return await read(after, limit, ct);
        await turn.WaitAsync(ct);
        try
        {
            if (kept.Page(after, limit) is { } meanwhile)
                return meanwhile;
            var page = await read(after, limit, ct);
            Volatile.Write(ref kept, kept.With(after, page));
            return page;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <param name="From">Everything after this number…</param>
    /// <param name="To">…up to this one is here.</param>
    /// <param name="Events">The events between them.</param>
    /// <param name="Bytes">Their size.</param>
    private sealed record Kept(long From, long To, IReadOnlyList<StoredEvent> Events, long Bytes)
    {
        public LogPage? Page(long after, int limit)
        {
            if (after < From || after >= To)
                return null;
            var first = FirstAfter(after);
            var events = Events.Skip(first).Take(limit).ToList();
            return new(events, first + events.Count == Events.Count ? To : events[^1].Sequence);
        }

        public Kept With(long after, LogPage page)
        {
            if (page.LastSequence == after)
                return this;
            if (after != To)
                return new(after, page.LastSequence, page.Events, SizeOf(page.Events));
            var all = new List<StoredEvent>(Events.Count + page.Events.Count);
            all.AddRange(Events);
            all.AddRange(page.Events);
            var bytes = Bytes + SizeOf(page.Events);
            if (bytes <= MostBytes)
                return new(From, page.LastSequence, all, bytes);
            var dropped = 0;
            while (dropped < all.Count && bytes > MostBytes / 2)
                bytes -= all[dropped++].Bytes;
            return dropped == all.Count
                ? new(page.LastSequence, page.LastSequence, [], 0)
                : new(all[dropped - 1].Sequence, page.LastSequence, all.GetRange(dropped, all.Count - dropped), bytes);
        }

        private static long SizeOf(IReadOnlyList<StoredEvent> events)
        {
            var bytes = 0L;
            foreach (var stored in events)
                bytes += stored.Bytes;
            return bytes;
        }

        private int FirstAfter(long after)
        {
            var (low, high) = (0, Events.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (Events[middle].Sequence <= after)
                    low = middle + 1;
                else
                    high = middle;
            }

            return low;
        }
    }
}
