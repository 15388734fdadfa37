namespace Loyalty.Cli.Audit;

/// <summary>What holds for the log of every service.</summary>
internal static class Streams
{
    public static async Task<IReadOnlyList<Check>> Versions(IReadOnlyList<AuditedDatabase> databases, CancellationToken ct)
    {
        var check = new Check(4, "stream versions are 1..n without a hole");
        foreach (var database in databases)
        {
            check.Saw("streams", await database.Value<long>("select count(*) from mt_streams", ct));
            const string broken =
                """
                select coalesce(s.id, e.stream_id), s.version, e.events, e.first, e.last from mt_streams s full join
                    (select stream_id, count(distinct version) as events, count(*) as entries, min(version) as first, max(version) as last
                     from mt_events where type <> 'tombstone' group by stream_id) e on e.stream_id = s.id
                where s.version is distinct from e.last or e.first is distinct from 1 or e.events is distinct from e.last or e.entries is distinct from e.events
                """;
            await foreach (var row in database.Rows(broken, ct))
                check.Breaks($"Stream {row.GetGuid(0)} of the {database.Service} stands at version {row[1]} and has {row[2]} different versions, {row[3]} to {row[4]}.");
        }

        return [check];
    }

    public static async Task<IReadOnlyList<Check>> Causes(IReadOnlyList<AuditedDatabase> databases, CancellationToken ct)
    {
        var check = new Check(16, "every event names who caused it");
        foreach (var database in databases)
        {
            check.Saw("events", await database.Value<long>("select count(*) from mt_events where type <> 'tombstone'", ct));
            const string broken =
                """
                select coalesce(e.seq_id, o.seq_id), o.caused_by from mt_events e full join event_origins o on o.seq_id = e.seq_id
                where e.seq_id is null or (e.type <> 'tombstone' and (o.caused_by is null or o.caused_by !~ '^(partner|operator|system):.'))
                """;
            await foreach (var row in database.Rows(broken, ct))
                check.Breaks($"Event {row.GetInt64(0)} of the {database.Service} is caused by '{row[1]}', which is no partner's client, operator or system.");
        }

        return [check];
    }
}
