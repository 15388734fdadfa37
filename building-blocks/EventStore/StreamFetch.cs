using System.Runtime.ExceptionServices;
using Loyalty.Kernel;
using Npgsql;

namespace Loyalty.EventStore;

/// <summary>The columns every reader of events selects, and how a row becomes an event.</summary>
internal static class EventColumns
{
    public const string Select =
        """
        e.seq_id, e.id, e.stream_id, e.version, e.type, e.data, e.timestamp, o.caused_by, o.traceparent
        from mt_events e left join event_origins o on o.seq_id = e.seq_id
        """;

    /// <summary>The type Marten writes for a number that a failed save had taken. It is no fact.</summary>
    public const string Tombstone = "tombstone";

    public static async Task<List<StoredEvent>> ReadAll(NpgsqlCommand command, EventTypes types, CancellationToken ct)
    {
        var events = new List<StoredEvent>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            events.Add(Read(reader, types));
        return events;
    }

    public static StoredEvent Read(NpgsqlDataReader row, EventTypes types)
    {
        var (sequence, name) = (row.GetInt64(0), row.GetString(4));
        try
        {
            var body = row.GetFieldValue<byte[]>(5);
            return new(sequence, row.GetGuid(1), row.GetGuid(2), row.GetInt64(3), name, types.Read(name, body),
                new DateTimeOffset(row.GetDateTime(6), TimeSpan.Zero), row.IsDBNull(7) ? "" : row.GetString(7), row.IsDBNull(8) ? null : row.GetString(8))
            {
                Bytes = body.Length,
            };
        }
        catch (UnreadableEventException e)
        {
            throw new UnreadableEventException($"Event {sequence}: {e.Message}", e);
        }
    }
}

/// <summary>
/// Fetches streams for writing in one statement, so that each one's snapshot, where one is kept, and the events after it are of the
/// same moment.
/// </summary>
internal static class StreamFetch
{
    public static async Task<EventStream<TState>> Fetch<TState>(NpgsqlConnection connection, DocumentStore store, Guid id, CancellationToken ct)
        where TState : class, IAggregate<TState> => (await Fetch<TState>(connection, store, [id], ct))[id];

    public static async Task<Dictionary<Guid, EventStream<TState>>> Fetch<TState>(
        NpgsqlConnection connection, DocumentStore store, Guid[] ids, CancellationToken ct)
        where TState : class, IAggregate<TState>
    {
        await using var command = new NpgsqlCommand(Statement(store.Options.SnapshotsOf(typeof(TState))?.Name), connection);
        command.Parameters.Add(new() { Value = ids });
        var streams = ids.ToDictionary(id => id, id => new EventStream<TState>(id, TState.Initial(id), 0));
        var (strange, why) = (new HashSet<Guid>(), (Exception?)null);
        await using (var row = await command.ExecuteReaderAsync(ct))
        {
            while (await row.ReadAsync(ct))
            {
                var stream = streams[row.GetGuid(0)];
                if (strange.Contains(stream.Id)) continue;
                try
                {
                    streams[stream.Id] = After(stream, row, store);
                }
                catch (InvalidOperationException e)
                {
                    strange.Add(stream.Id);
                    why = e;
                }
            }
        }

        if (why is not null && !await AreOfOtherKinds<TState>(connection, strange, ct)) ExceptionDispatchInfo.Throw(why);
        foreach (var id in strange) streams[id] = new(id, TState.Initial(id), 0);
        return streams;
    }

    private static EventStream<TState> After<TState>(EventStream<TState> stream, NpgsqlDataReader row, DocumentStore store) where TState : class, IAggregate<TState>
    {
        if (stream.Version == 0 && row.FieldCount > 4 && !row.IsDBNull(4))
            stream = store.Read<TState>(new(stream.Id, row.GetInt64(4), row.GetFieldValue<byte[]>(5)));
        return row.IsDBNull(1) ? stream : After(stream, row.GetInt64(1), store.Types.Read(row.GetString(2), row.GetFieldValue<byte[]>(3)));
    }

    // An id that somebody sends may be that of a stream of another kind: of this kind there is none under it then. Looking only when
    // facts don't fit costs those who send the right ones nothing.
    private static async Task<bool> AreOfOtherKinds<TState>(NpgsqlConnection connection, HashSet<Guid> ids, CancellationToken ct) where TState : class, IAggregate<TState>
    {
        await using var query = new NpgsqlCommand("select count(*) from mt_streams where id = any ($1) and type <> $2", connection);
        query.Parameters.Add(new() { Value = ids.ToArray() });
        query.Parameters.Add(new() { Value = TState.Alias });
        return (long)(await query.ExecuteScalarAsync(ct))! == ids.Count;
    }

    private static string Statement(string? snapshots) => snapshots is null
        ? $"select i.id, e.version, e.type, e.data from unnest($1) i (id) cross join lateral ({Events("0")}) e order by i.id, e.version"
        : $"""
           select i.id, e.version, e.type, e.data, s.mt_version, s.data from unnest($1) i (id) left join {snapshots} s on s.id = i.id
           left join lateral ({Events("coalesce(s.mt_version, 0)")}) e on true order by i.id, e.version
           """;

    private static string Events(string after) =>
        $"select e.version, e.type, e.data from mt_events e where e.stream_id = i.id and e.type <> 'tombstone' and e.version > {after}";

    private static EventStream<TState> After<TState>(EventStream<TState> stream, long version, object fact) where TState : class, IAggregate<TState> =>
        version == stream.Version + 1
            ? new(stream.Id, stream.State.When(fact), version)
            : throw new InvalidOperationException($"The stream {stream.Id} has no event between the versions {stream.Version} and {version}.");
}
