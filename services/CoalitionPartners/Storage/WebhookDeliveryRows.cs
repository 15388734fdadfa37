using System.Text.Json;
using Loyalty.CoalitionPartners.Domain.Webhooks;
using Loyalty.CoalitionPartners.Webhooks;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.CoalitionPartners.Storage;

/// <summary>A delivery that is under way.</summary>
/// <param name="Ailing">Whether its endpoint failed the last time.</param>
/// <param name="Attempt">Which attempt this is, from 1 on.</param>
/// <param name="Secrets">What it is signed with, the newest first.</param>
internal sealed record DueDelivery(
    long Id, Guid Webhook, PartnerId Partner, Uri Url, bool Ailing, Guid EventId, string Body, string? TraceParent, int Attempt, IReadOnlyList<byte[]> Secrets);

/// <summary>
/// The rows of deliveries. Whoever takes one up puts off when it is due, so that nobody else sends it meanwhile and somebody else does
/// when it is never heard of again.
/// </summary>
internal sealed class WebhookDeliveryRows(DocumentStore store)
{
    // As many as the list of attempts that is shown holds.
    private const int AttemptsKept = 20;

    // An endpoint gets its places alone, and those that fail have places of their own: neither takes any from the others.
    private const string TakeUp =
        """
        with free as (
            select e.id, e.partner, e.url, e.failures > 0 as ailing, greatest(case when e.failures > 0 then 1 else $3 end - coalesce(u.number, 0), 0) as places
            from webhook_endpoints e left join unnest($1, $2) u (webhook, number) on u.webhook = e.id
            where e.status = 'active'
        ), candidates as (
            select d.id, d.due, f.partner, f.url, f.ailing from free f cross join lateral (
                select w.id, w.due from webhook_deliveries w
                where w.webhook = f.id and w.status = 'waiting' and w.due <= now()
                order by w.due, w.id limit f.places for update skip locked) d
        ), chosen as (
            select * from (select *, row_number() over (partition by ailing order by due, id) as place from candidates) c
            where place <= case when ailing then $5 else $4 end
        )
        update webhook_deliveries d set due = now() + $6 from chosen c where d.id = c.id
        returning d.id, d.webhook, c.partner, c.url, c.ailing, d.event_id, d.body, d.trace_parent, d.attempt + 1, array(
            select s.secret from webhook_secrets s where s.webhook = d.webhook and (s.until is null or s.until > now()) order by s.id desc)
        """;

    /// <summary>Deliveries that are due, for as many places as are free.</summary>
    /// <param name="underWay">Attempts under way here, by endpoint.</param>
    /// <param name="perEndpoint">Places of an endpoint.</param>
    /// <param name="free">Places left for endpoints that are well.</param>
    /// <param name="freeForAiling">And for those that fail.</param>
    /// <param name="lease">After which time somebody else may take them up.</param>
    public async Task<IReadOnlyList<DueDelivery>> Take(
        IReadOnlyDictionary<Guid, int> underWay, int perEndpoint, int free, int freeForAiling, TimeSpan lease, CancellationToken ct)
    {
        await using var command = store.DataSource.CreateCommand(TakeUp);
        command.Parameters.Add(new() { Value = underWay.Keys.ToArray() });
        command.Parameters.Add(new() { Value = underWay.Values.ToArray() });
        foreach (var number in new[] { perEndpoint, free, freeForAiling }) command.Parameters.Add(new() { Value = number });
        command.Parameters.Add(new() { Value = lease });
        var due = new List<DueDelivery>();
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            due.Add(new(
                row.GetInt64(0), row.GetGuid(1), new(row.GetGuid(2)), new(row.GetString(3)), row.GetBoolean(4), row.GetGuid(5), row.GetString(6),
                await row.IsDBNullAsync(7, ct) ? null : row.GetString(7), row.GetInt32(8), await row.GetFieldValueAsync<byte[][]>(9, ct)));
        }

        return due;
    }

    /// <summary>Writes how an attempt went and what follows.</summary>
    public async Task Write(DueDelivery delivery, DeliveryAttempt attempt, Verdict verdict, CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        var (status, wait) = verdict switch
        {
            Verdict.Delivered => ("delivered", TimeSpan.Zero),
            Verdict.Again again => ("waiting", again.After),
            _ => ("failed", TimeSpan.Zero),
        };
        batch.BatchCommands.Add(Sql(
            $"""
            update webhook_deliveries set status = $2, attempt = $3, due = now() + $4, finished_at = case when $2 <> 'waiting' then now() end,
                attempts = case when jsonb_array_length(attempts) >= {AttemptsKept} then attempts - 0 else attempts end || $5
            where id = $1
            """,
            delivery.Id, status, delivery.Attempt, wait, new NpgsqlParameter { Value = JsonSerializer.Serialize(attempt, StrictJson.Options), NpgsqlDbType = NpgsqlDbType.Jsonb }));
        batch.BatchCommands.Add(verdict is Verdict.Delivered
            ? Sql(
                """
                update webhook_endpoints set failures = 0, failing = false, delivered_at = now()
                where id = $1 and (failures > 0 or failing or delivered_at is null or delivered_at < now() - interval '1 second')
                """, delivery.Webhook)
            : Sql("update webhook_endpoints set failures = failures + 1, failing = failing or $2 where id = $1", delivery.Webhook, verdict is Verdict.GivenUp));
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Gives a delivery back that was not made after all.</summary>
    public Task PutBack(DueDelivery delivery, CancellationToken ct) =>
        Execute(Sql("update webhook_deliveries set due = now() where id = $1 and status = 'waiting'", delivery.Id), ct);

    /// <summary>A delivery that is not in the log.</summary>
    public Task Add(Guid webhook, Guid eventId, string type, string body, CancellationToken ct) => Execute(
        Sql("insert into webhook_deliveries (webhook, event_id, type, body) values ($1, $2, $3, $4)", webhook, eventId, type, body), ct);

    /// <summary>Sends one delivery again; false where there is none of this event.</summary>
    public async Task<bool> Repeat(Guid webhook, Guid eventId, CancellationToken ct) => await Execute(
        Sql("update webhook_deliveries set status = 'waiting', attempt = 0, due = now(), finished_at = null where webhook = $1 and event_id = $2", webhook, eventId), ct) == 1;

    /// <summary>Has everything from a place on told again, as far as it has been told until now.</summary>
    public Task Replay(Guid webhook, LogPlace from, CancellationToken ct) => Execute(
        Sql(
            """
            insert into webhook_replays (webhook, sequence, item, until)
            select $1, $2, $3, coalesce((select last_seq_id from mt_event_progression where name = $4), 0)
            on conflict (webhook) do update set (sequence, item, until) = (
                select s, i, greatest(webhook_replays.until, excluded.until)
                from (values (webhook_replays.sequence, webhook_replays.item), (excluded.sequence, excluded.item)) v (s, i) order by s, i limit 1)
            """,
            webhook, from.Sequence, from.Item, WebhookFeed.Mark), ct);

    /// <summary>Forgets what is done with, and what nobody takes.</summary>
    public Task Forget(TimeSpan after, CancellationToken ct) => Execute(
        Sql(
            """
            delete from webhook_deliveries d where d.created_at < now() - $1 and (d.finished_at < now() - $1 or (
                d.status = 'waiting' and not exists (select from webhook_endpoints e where e.id = d.webhook and e.status = 'active')))
            """,
            after), ct);

    private async Task<int> Execute(NpgsqlBatchCommand command, CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };
        return await batch.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlBatchCommand Sql(string text, params object[] values)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new() { Value = value });
        return command;
    }
}
