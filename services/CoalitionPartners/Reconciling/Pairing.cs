using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.CoalitionPartners.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.CoalitionPartners.Reconciling;

/// <summary>
/// Pairs the lines of a partner's book with our transactions, in few statements however many there are. By id first; what is left by card,
/// kind, amount and time, where that leaves one way only. The same rows and the same rule give the same pairs.
/// </summary>
internal static class Pairing
{
    // The card's number is kept only on lines that a correction may still need.
    private static readonly string[] ById =
    [
        """
        update reconciliation_lines l set result = 'duplicate', content = null
        from (select kind, transaction_id, min(line) as first from reconciliation_lines where reconciliation = $1 group by kind, transaction_id having count(*) > 1) twice
        where l.reconciliation = $1 and l.kind = twice.kind and l.transaction_id = twice.transaction_id and l.line > twice.first
        """,
        """
        update reconciliation_lines l set result = 'id', here = t.event_id, content = case when t.amount is distinct from l.amount then l.content end
        from partner_transactions t
        where l.reconciliation = $1 and l.result is null
            and t.partner = $2 and t.transaction_id = l.transaction_id and t.kind = l.kind and t.currency is not distinct from l.currency
        """,
    ];

    // A transaction for which some line has another choice too is left alone, with all lines that might be it. Of several lines that can be
    // nothing else, the nearest in time is it, and the others repeat it.
    private const string ByCard =
        """
        with candidates as (
            select l.line, t.event_id, abs(extract(epoch from l.occurred_at - t.occurred_at)) as apart
            from reconciliation_lines l join partner_transactions t
                on t.partner = $2 and t.card = l.card and t.kind = l.kind and t.currency is not distinct from l.currency
                and t.occurred_at between l.occurred_at - $5 and l.occurred_at + $5
                and abs(coalesce(t.amount, 0) - coalesce(l.amount, 0)) <= $6 and (l.points is null or abs(t.points - l.points) <= $7)
            where l.reconciliation = $1 and l.result is null and l.card is not null
                and not exists (select from reconciliation_lines taken where taken.reconciliation = $1 and taken.here = t.event_id)),
        counted as (select *, count(*) over (partition by line) as choices from candidates),
        judged as (
            select *, max(choices) over (partition by event_id) as rivalry, row_number() over (partition by event_id order by apart, line) as place from counted),
        left_alone as (
            insert into reconciliation_missing (reconciliation, event_id, ambiguous)
            select distinct $1, j.event_id, true from judged j join partner_transactions t on t.event_id = j.event_id
            where j.rivalry > 1 and t.occurred_at >= $3 and t.occurred_at < $4),
        paired as (
            select j.line, j.event_id, case when j.rivalry > 1 then 'ambiguous' when j.place = 1 then 'card' else 'duplicate' end as result, t.amount
            from judged j join partner_transactions t on t.event_id = j.event_id)
        update reconciliation_lines l set result = p.result, here = case when p.result = 'card' then p.event_id end,
            content = case when p.result = 'ambiguous' or p.result = 'card' and p.amount is distinct from l.amount then l.content end
        from paired p where l.reconciliation = $1 and l.line = p.line
        """;

    private const string Missing =
        """
        insert into reconciliation_missing (reconciliation, event_id, ambiguous)
        select $1, t.event_id, false from partner_transactions t
        where t.partner = $2 and t.occurred_at >= $3 and t.occurred_at < $4
            and not exists (select from reconciliation_lines l where l.reconciliation = $1 and l.here = t.event_id)
        on conflict do nothing
        """;

    /// <summary>Pairs all lines. In a transaction that sees one moment: what the ledger tells meanwhile belongs to another reconciliation.</summary>
    public static async Task Run(NpgsqlTransaction transaction, OpenReconciliation reconciliation, MatchingRule rule, CancellationToken ct)
    {
        foreach (var sql in ById) await Execute(sql, parameters: 2);
        if (rule.ByCard) await Execute(ByCard, parameters: 7);
        await Execute(Missing, parameters: 4);

        async Task Execute(string sql, int parameters)
        {
            await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction) { CommandTimeout = (int)TimeSpan.FromMinutes(10).TotalSeconds };
            NpgsqlParameter[] all =
            [
                new() { Value = reconciliation.Id }, new() { Value = reconciliation.Partner.Value },
                new() { Value = reconciliation.From.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new() { Value = reconciliation.Until.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new() { Value = TimeSpan.FromSeconds(rule.TimeSeconds) }, new() { Value = rule.AmountMinor }, new() { Value = rule.Points },
            ];
            command.Parameters.AddRange(all[..parameters]);
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>Undoes it, so that it can be run by another rule.</summary>
    public static async Task Undo(NpgsqlTransaction transaction, Guid reconciliation, CancellationToken ct)
    {
        foreach (var sql in new[]
        {
            "update reconciliation_lines set result = null, here = null where reconciliation = $1 and (result is not null or here is not null)",
            "delete from reconciliation_missing where reconciliation = $1",
        })
        {
            await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
            command.Parameters.Add(new() { Value = reconciliation });
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}
