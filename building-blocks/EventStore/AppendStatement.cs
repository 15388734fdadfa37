using Npgsql;
using NpgsqlTypes;

namespace Loyalty.EventStore;

/// <summary>Set-based statements that write any number of streams at once.</summary>
internal static class AppendStatement
{
    // One statement, so that no sequence number is taken unless every stream stood at its expected version. Streams are touched
    // in the order of their ids, so that two sessions that share streams wait for each other rather than deadlock.
    private const string Append =
        """
        with target as (
            select * from unnest($1::uuid[], $2::varchar[], $3::bigint[], $4::bigint[]) as t (id, type, expected, version) order by id
        ), started as (
            insert into mt_streams (id, type, version, timestamp, created, tenant_id, is_archived)
            select id, type, version, $5, $5, '*DEFAULT*', false from target where expected = 0
            on conflict (id) do nothing returning id
        ), moved as (
            update mt_streams s set version = t.version, timestamp = $5 from target t
            where t.expected > 0 and s.id = t.id and s.version = t.expected returning s.id
        ), appended as (
            insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, is_archived)
            select nextval('mt_events_sequence'), e.id, e.stream_id, e.version, e.data, e.type, $5, '*DEFAULT*', false
            from (select * from unnest($6::uuid[], $7::uuid[], $8::bigint[], $9::jsonb[], $10::varchar[]) with ordinality
                as e (id, stream_id, version, data, type, place) order by place) e
            where expect_stream_versions((select count(*) from started) + (select count(*) from moved), cardinality($1))
            returning seq_id, id
        )
        insert into event_origins (seq_id, caused_by, traceparent)
        select a.seq_id, o.caused_by, o.traceparent
        from appended a join unnest($6::uuid[], $11::text[], $12::text[]) as o (id, caused_by, traceparent) on o.id = a.id
        """;

    public static NpgsqlBatchCommand For(List<PendingStream> streams, DocumentStore store)
    {
        var ordered = streams.OrderBy(s => s.Id).ToList();
        var events = streams.SelectMany(s => s.Events.Select((e, i) => (Stream: s.Id, Version: s.Version - s.Events.Count + i + 1, e.Body, e.Origin))).ToList();
        var command = new NpgsqlBatchCommand(Append);
        Add(ordered.ConvertAll(s => s.Id).ToArray(), NpgsqlDbType.Uuid);
        Add(ordered.ConvertAll(s => s.Alias).ToArray(), NpgsqlDbType.Varchar);
        Add(ordered.ConvertAll(s => s.Expected).ToArray(), NpgsqlDbType.Bigint);
        Add(ordered.ConvertAll(s => s.Version).ToArray(), NpgsqlDbType.Bigint);
        command.Parameters.Add(new() { Value = store.Clock.GetUtcNow().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        Add(events.ConvertAll(_ => Guid.CreateVersion7()).ToArray(), NpgsqlDbType.Uuid);
        Add(events.ConvertAll(e => e.Stream).ToArray(), NpgsqlDbType.Uuid);
        Add(events.ConvertAll(e => e.Version).ToArray(), NpgsqlDbType.Bigint);
        Add(events.ConvertAll(e => store.Types.Write(e.Body)).ToArray(), NpgsqlDbType.Jsonb);
        Add(events.ConvertAll(e => store.Types.NameOf(e.Body.GetType())).ToArray(), NpgsqlDbType.Varchar);
        Add(events.ConvertAll(e => e.Origin.CausedBy).ToArray(), NpgsqlDbType.Text);
        Add(events.ConvertAll(e => e.Origin.TraceParent).ToArray(), NpgsqlDbType.Text);
        return command;

        void Add<T>(T[] values, NpgsqlDbType type) => command.Parameters.Add(new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    public static NpgsqlBatchCommand Snapshots(string table, IReadOnlyList<PendingStream> streams)
    {
        var command = new NpgsqlBatchCommand(
            $"""
            insert into {table} (id, data, mt_last_modified, mt_dotnet_type, mt_version)
            select id, data, transaction_timestamp(), $4, version from unnest($1::uuid[], $2::jsonb[], $3::bigint[]) as s (id, data, version)
            on conflict (id) do update set data = excluded.data, mt_last_modified = excluded.mt_last_modified,
                mt_dotnet_type = excluded.mt_dotnet_type, mt_version = excluded.mt_version
            """);
        command.Parameters.Add(new() { Value = streams.Select(s => s.Id).ToArray() });
        command.Parameters.Add(new() { Value = streams.Select(s => s.Snapshot!.Body).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = streams.Select(s => s.Version).ToArray() });
        command.Parameters.Add(new() { Value = streams[0].Snapshot!.ClrType });
        return command;
    }
}
