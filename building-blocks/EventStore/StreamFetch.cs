using System.Text.Json;
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
        var name = row.GetString(4);
        return new(row.GetInt64(0), row.GetGuid(1), row.GetGuid(2), row.GetInt64(3), name, types.Read(name, row.GetString(5)),
            new DateTimeOffset(row.GetDateTime(6), TimeSpan.Zero), row.IsDBNull(7) ? "" : row.GetString(7), row.IsDBNull(8) ? null : row.GetString(8));
    }
}

/// <summary>Fetches a stream for writing in one round trip: its snapshot, where one is kept, and the events after it.</summary>
internal static class StreamFetch
{
    public static async Task<EventStream<TState>> Fetch<TState>(NpgsqlConnection connection, DocumentStore store, Guid id, CancellationToken ct)
        where TState : class, IAggregate<TState>
    {
        var table = store.Options.SnapshotTable(typeof(TState));
        await using var batch = new NpgsqlBatch(connection);
        if (table is not null)
            batch.BatchCommands.Add(WithId($"select data, mt_version from {table} where id = $1", id));
        var after = table is null ? "0" : $"coalesce((select mt_version from {table} where id = $1), 0)";
        batch.BatchCommands.Add(WithId(
            $"select {EventColumns.Select} where e.stream_id = $1 and e.version > {after} and e.type <> 'tombstone' order by e.version", id));

        var stream = new EventStream<TState>(id, TState.Initial(id), 0);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        if (table is not null)
        {
            if (await reader.ReadAsync(ct))
                stream = new(id, JsonSerializer.Deserialize<TState>(reader.GetString(0), store.Types.Json)!, reader.GetInt64(1));
            await reader.NextResultAsync(ct);
        }

        while (await reader.ReadAsync(ct))
        {
            var @event = EventColumns.Read(reader, store.Types);
            stream = new(id, stream.State.When(@event.Data), @event.Version);
        }

        return stream;
    }

    private static NpgsqlBatchCommand WithId(string sql, Guid id)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new() { Value = id });
        return command;
    }
}
