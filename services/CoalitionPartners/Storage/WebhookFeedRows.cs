using Loyalty.CoalitionPartners.Domain.Webhooks;
using Loyalty.CoalitionPartners.Webhooks;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.CoalitionPartners.Storage;

/// <summary>A part of the log that is to be told to an endpoint again.</summary>
/// <param name="Until">Up to which sequence number.</param>
internal sealed record OpenReplay(Guid Webhook, Guid Partner, LogPlace From, long Until);

/// <summary>Writes what the log means for webhooks: the endpoints there are, and what each is to be told. Inside the caller's transaction.</summary>
internal static class WebhookFeedRows
{
    public static async Task<HashSet<Guid>> Partners(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var query = new NpgsqlCommand("select distinct partner from webhook_endpoints", connection);
        var partners = new HashSet<Guid>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) partners.Add(row.GetGuid(0));
        return partners;
    }

    public static NpgsqlBatchCommand? Follow(WebhookFact fact) => fact switch
    {
        WebhookRegistered e => Sql(
            "insert into webhook_endpoints (id, partner, url, types, status) values ($1, $2, $3, $4, 'active') on conflict do nothing",
            e.Webhook, e.Partner.Value, e.Url, e.Types.ToArray()),
        WebhookRemoved e => Sql(
            """
            with gone as (delete from webhook_endpoints where id = $1),
                replays as (delete from webhook_replays where webhook = $1)
            delete from webhook_deliveries where webhook = $1
            """,
            e.Webhook),
        WebhookPaused e => Become(e.Webhook, "paused"),
        WebhookDisabled e => Become(e.Webhook, "disabled"),
        // What has waited is tried at once: somebody has just said that it will be taken.
        WebhookResumed e => Sql(
            """
            with resumed as (update webhook_endpoints set status = 'active', failures = 0 where id = $1)
            update webhook_deliveries set due = now(), attempt = 0 where webhook = $1 and status = 'waiting'
            """,
            e.Webhook),
        _ => null,
    };

    /// <summary>One row for each endpoint of the partner that wants it; none where it has been told before.</summary>
    public static NpgsqlBatchCommand Tell(IReadOnlyList<ToldEvent> events)
    {
        var command = new NpgsqlBatchCommand(
            """
            insert into webhook_deliveries (webhook, event_id, type, sequence, item, body, trace_parent)
            select w.id, e.id, e.type, e.sequence, e.item, e.body, e.trace_parent
            from unnest($1, $2, $3, $4, $5, $6, $7) with ordinality e (partner, id, type, sequence, item, body, trace_parent, place)
            join webhook_endpoints w on w.partner = e.partner and w.types && array[e.type, '*']
            order by e.place
            on conflict on constraint webhook_deliveries_event do nothing
            """);
        Add(command, events);
        return command;
    }

    /// <summary>The same for one endpoint, also where it has been told before.</summary>
    public static NpgsqlBatchCommand TellAgain(Guid webhook, IReadOnlyList<ToldEvent> events)
    {
        var command = new NpgsqlBatchCommand(
            """
            insert into webhook_deliveries (webhook, event_id, type, sequence, item, body, trace_parent)
            select w.id, e.id, e.type, e.sequence, e.item, e.body, e.trace_parent
            from unnest($1, $2, $3, $4, $5, $6, $7) with ordinality e (partner, id, type, sequence, item, body, trace_parent, place)
            join webhook_endpoints w on w.id = $8 and w.partner = e.partner and w.types && array[e.type, '*']
            order by e.place
            on conflict on constraint webhook_deliveries_event do update set status = 'waiting', attempt = 0, due = now(), finished_at = null
            """);
        Add(command, events);
        command.Parameters.Add(new() { Value = webhook });
        return command;
    }

    public static async Task<OpenReplay?> NextReplay(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var query = new NpgsqlCommand(
            """
            select r.webhook, w.partner, r.sequence, r.item, r.until from webhook_replays r join webhook_endpoints w on w.id = r.webhook
            order by r.until - r.sequence, r.webhook limit 1 for update of r skip locked
            """, connection);
        await using var row = await query.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new(row.GetGuid(0), row.GetGuid(1), new LogPlace(row.GetInt64(2), row.GetInt32(3)), row.GetInt64(4)) : null;
    }

    /// <summary>How far a replay has come: at its end it is done with.</summary>
    public static NpgsqlBatchCommand Advance(OpenReplay replay, long through) => through >= replay.Until
        ? Sql("delete from webhook_replays where webhook = $1", replay.Webhook)
        : Sql("update webhook_replays set sequence = $2, item = 0 where webhook = $1", replay.Webhook, through + 1);

    private static NpgsqlBatchCommand Become(Guid webhook, string status) => Sql("update webhook_endpoints set status = $2 where id = $1", webhook, status);

    private static void Add(NpgsqlBatchCommand command, IReadOnlyList<ToldEvent> events)
    {
        Column(NpgsqlDbType.Uuid, e => e.Partner.Value);
        Column(NpgsqlDbType.Uuid, e => e.Id);
        Column(NpgsqlDbType.Text, e => e.Type);
        Column(NpgsqlDbType.Bigint, e => e.Place.Sequence);
        Column(NpgsqlDbType.Integer, e => e.Place.Item);
        Column(NpgsqlDbType.Text, e => e.Body());
        Column(NpgsqlDbType.Text, e => e.TraceParent);

        void Column<T>(NpgsqlDbType type, Func<ToldEvent, T> column) =>
            command.Parameters.Add(new() { Value = events.Select(column).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    private static NpgsqlBatchCommand Sql(string text, params object[] values)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }
}
