using Npgsql;
using NpgsqlTypes;

namespace Loyalty.EventStore;

/// <summary>Statements that write any number of streams at once.</summary>
internal static class AppendStatement
{
    public static NpgsqlBatchCommand For(IReadOnlyCollection<PendingStream> streams, List<PendingEvent> events, DocumentStore store)
    {
        // Not in the session's own order: sessions that share streams must touch them in the same one.
        var ordered = streams.OrderBy(s => s.Id).ToList();
        var command = new NpgsqlBatchCommand("select append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
        Add(ordered.ConvertAll(s => s.Id), NpgsqlDbType.Uuid);
        Add(ordered.ConvertAll(s => s.Alias), NpgsqlDbType.Varchar);
        Add(ordered.ConvertAll(s => s.Expected), NpgsqlDbType.Bigint);
        Add(ordered.ConvertAll(s => s.Version), NpgsqlDbType.Bigint);
        Add(events.ConvertAll(_ => Guid.CreateVersion7()), NpgsqlDbType.Uuid);
        Add(events.ConvertAll(e => e.Stream), NpgsqlDbType.Uuid);
        Add(events.ConvertAll(e => e.Version), NpgsqlDbType.Bigint);
        Add(events.ConvertAll(e => store.Types.WriteUtf8(e.Body)), NpgsqlDbType.Jsonb);
        Add(events.ConvertAll(e => store.Types.NameOf(e.Body.GetType())), NpgsqlDbType.Varchar);
        Add(events.ConvertAll(e => e.Origin.CausedBy), NpgsqlDbType.Text);
        Add(events.ConvertAll(e => e.Origin.TraceParent), NpgsqlDbType.Text);
        command.Parameters.Add(new() { Value = store.Clock.GetUtcNow().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return command;

        void Add<T>(List<T> values, NpgsqlDbType type) =>
            command.Parameters.Add(new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    /// <summary>Fails unless every one of the streams is at its version.</summary>
    public static NpgsqlBatchCommand Expect(IReadOnlyCollection<KeyValuePair<Guid, long>> versions)
    {
        var command = new NpgsqlBatchCommand("select expect_versions($1, $2)");
        command.Parameters.Add(new() { Value = versions.Select(v => v.Key).ToArray() });
        command.Parameters.Add(new() { Value = versions.Select(v => v.Value).ToArray() });
        return command;
    }

    public static NpgsqlBatchCommand Snapshots(string table, Type state, List<Snapshot> snapshots)
    {
        var command = new NpgsqlBatchCommand(
            $"""
            insert into {table} (id, data, mt_last_modified, mt_dotnet_type, mt_version)
            select id, data, transaction_timestamp(), $4, version from unnest($1::uuid[], $2::jsonb[], $3::bigint[]) as s (id, data, version)
            on conflict (id) do update set data = excluded.data, mt_last_modified = excluded.mt_last_modified,
                mt_dotnet_type = excluded.mt_dotnet_type, mt_version = excluded.mt_version
            """);
        command.Parameters.Add(new() { Value = snapshots.ConvertAll(s => s.Id).ToArray() });
        command.Parameters.Add(new() { Value = snapshots.ConvertAll(s => s.Body).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = snapshots.ConvertAll(s => s.Version).ToArray() });
        command.Parameters.Add(new() { Value = state.FullName! });
        return command;
    }
}
