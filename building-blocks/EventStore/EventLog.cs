using Npgsql;

namespace Loyalty.EventStore;

/// <summary>A piece of the log.</summary>
/// <param name="Events">The events, in order.</param>
/// <param name="LastSequence">Where the reader stands after them: also past numbers that will never be used.</param>
public sealed record LogPage(IReadOnlyList<StoredEvent> Events, long LastSequence);

/// <summary>
/// Reads the whole log in order and never misses a late committer.
/// <para>
/// A sequence number is taken before its transaction commits, so a higher number can become visible first. A reader that finds a
/// hole must know whether somebody can still fill it. PostgreSQL knows: <c>nextval</c> takes a lock on the sequence that its
/// transaction keeps until it has ended. So a hole is dead once every transaction that held that lock when the hole was seen has
/// ended. Writers take no part in this and never wait for readers.
/// </para>
/// </summary>
public sealed class EventLog(DocumentStore store)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWaitForAHole = TimeSpan.FromSeconds(2);

    // A page ends early where its facts are long.
    private const int PageBytes = 4 * 1024 * 1024;

    private readonly LogTail tail = new();

    /// <summary>
    /// The next events after a sequence number, at most <paramref name="limit"/>. An empty page with an unchanged
    /// <see cref="LogPage.LastSequence"/> means that there is nothing more that is safe to read yet. Throws
    /// <see cref="UnreadableEventException"/> when the very next event is not understood; the events before it are read first.
    /// </summary>
    public Task<LogPage> Read(long afterSequence, int limit, CancellationToken ct) => tail.Read(afterSequence, limit, ReadStored, ct);

    private async Task<LogPage> ReadStored(long afterSequence, int limit, CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        var rows = await ReadRows(connection, afterSequence, long.MaxValue, limit, pastHoles: false, ct);
        var whole = WithoutHole(rows, afterSequence);
        if (whole == rows.Count)
            return Page(rows, afterSequence);

        // Every number up to the last that was seen had been taken before it was seen, so whoever can still use one is a writer now.
        var writers = await Writers(connection, ct);
        if (writers.Count > 0 && whole > 0)
            return Page(rows.GetRange(0, whole), afterSequence);
        if (writers.Count > 0 && !await HaveEnded(connection, writers, ct))
            return new([], afterSequence);
        return Page(await ReadRows(connection, afterSequence, rows[^1].Sequence, limit, pastHoles: true, ct), afterSequence);
    }

    /// <summary>Completes when there is something after a sequence number; at once if there already is.</summary>
    public async Task WaitForMore(long afterSequence, CancellationToken ct)
    {
        while (true)
        {
            var next = store.Signal.Next;
            if (await HighestVisible(ct) > afterSequence)
                return;
            await Task.WhenAny(next, Task.Delay(Look, ct));
            ct.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The highest sequence number that can be seen now; 0 in an empty log. For telling how far a reader is behind.</summary>
    public async Task<long> HighestVisible(CancellationToken ct)
    {
        await using var command = store.DataSource.CreateCommand("select coalesce(max(seq_id), 0) from mt_events");
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>
    /// A number up to which nothing can appear any more, as far as the log is visible now; null while a transaction that may still fill a
    /// hole goes on for longer than is worth waiting. For readers that want a bound and not the events.
    /// </summary>
    public async Task<long?> SettledUpTo(CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        // First what is seen, then who writes: every number up to it had been taken by then.
        var seen = await HighestVisible(ct);
        return await HaveEnded(connection, await Writers(connection, ct), ct) ? seen : null;
    }

    /// <summary>The event of this number, or null.</summary>
    public async Task<StoredEvent?> Find(long sequence, CancellationToken ct)
    {
        if (sequence < 1)
            return null;
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        return (await ReadRows(connection, sequence - 1, sequence, 1, pastHoles: true, ct)).FirstOrDefault().Event;
    }

    /// <summary>Events up to a number that another reader has already passed, so no hole below it can still be filled.</summary>
    internal async Task<LogPage> ReadAgain(NpgsqlConnection connection, long afterSequence, long upTo, int limit, CancellationToken ct)
    {
        var rows = await ReadRows(connection, afterSequence, upTo, limit, pastHoles: true, ct);
        return Page(rows, afterSequence) is var page && rows.Count == 0 ? page with { LastSequence = upTo } : page;
    }

    private static LogPage Page(List<Row> rows, long afterSequence) =>
        new([.. rows.Where(r => r.Event is not null).Select(r => r.Event!)], rows.Count == 0 ? afterSequence : rows[^1].Sequence);

    private static int WithoutHole(List<Row> rows, long afterSequence)
    {
        var count = 0;
        while (count < rows.Count && rows[count].Sequence == afterSequence + count + 1)
            count++;
        return count;
    }

    // What lies behind a hole may have to be read again, so it is counted but not decoded unless it is asked for.
    private async Task<List<Row>> ReadRows(NpgsqlConnection connection, long after, long upTo, int limit, bool pastHoles, CancellationToken ct)
    {
        // The bounds stand on both tables, or the origins would be looked up one by one, or read from their beginning.
        await using var command = new NpgsqlCommand(
            $"""
            select {EventColumns.Select} and o.seq_id > $1 and o.seq_id <= $2
            where e.seq_id > $1 and e.seq_id <= $2 order by e.seq_id limit $3
            """, connection);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = upTo });
        command.Parameters.Add(new() { Value = limit });
        var (rows, bytes) = (new List<Row>(), 0);
        await using var reader = await command.ExecuteReaderAsync(ct);
        try
        {
            while (bytes < PageBytes && await reader.ReadAsync(ct))
            {
                var sequence = reader.GetInt64(0);
                var decoded = (pastHoles || sequence == after + rows.Count + 1) && reader.GetString(4) != EventColumns.Tombstone;
                var row = new Row(sequence, decoded ? EventColumns.Read(reader, store.Types) : null);
                rows.Add(row);
                bytes += row.Event?.Bytes ?? 0;
            }
        }
        catch (UnreadableEventException) when (rows.Count > 0)
        {
            // What comes before it can be read, and is; the next page starts with it and throws.
        }

        return rows;
    }

    private static async Task<HashSet<string>> Writers(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select virtualtransaction from pg_locks
            where locktype = 'relation' and relation = 'mt_events_sequence'::regclass and mode = 'RowExclusiveLock' and granted
                and database = (select oid from pg_database where datname = current_database())
            """,
            connection);
        var writers = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            writers.Add(reader.GetString(0));
        return writers;
    }

    // Bounded, so that a stuck writer shows as a reader that does not advance rather than as one that hangs.
    private static async Task<bool> HaveEnded(NpgsqlConnection connection, HashSet<string> writers, CancellationToken ct)
    {
        if (writers.Count == 0)
            return true;
        var giveUp = DateTime.UtcNow + LongestWaitForAHole;
        for (var wait = 1; DateTime.UtcNow < giveUp; wait = Math.Min(wait * 2, 50))
        {
            await Task.Delay(wait, ct);
            writers.IntersectWith(await Writers(connection, ct));
            if (writers.Count == 0)
                return true;
        }

        return false;
    }

    private readonly record struct Row(long Sequence, StoredEvent? Event);
}
