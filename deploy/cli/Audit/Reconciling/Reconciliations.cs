using Npgsql;

namespace Loyalty.Cli.Audit.Reconciling;

/// <summary>
/// Finished reconciliations, added up once more from their lines, from our book and from the items; each item against its line and our
/// transaction, and against what was decided on it. The database adds up, so that a book of a million lines is never here.
/// </summary>
internal static class Reconciliations
{
    // Every row says what it adds to which sum; the stored totals are sums of their own.
    private const string Sums =
        """
        with finished as (select id from reconciliations where state = 'complete'),
        parts (id, kind, currency, there, there_amount, there_points, here, here_amount, here_points, items, items_amount, items_points, stored) as (
            select l.reconciliation, l.kind, l.currency, 1, coalesce(l.amount, 0), coalesce(l.points, t.points, 0), 0, 0, 0, 0, 0, 0, null::numeric[]
            from reconciliation_lines l join finished f on f.id = l.reconciliation left join partner_transactions t on t.event_id = l.here
            union all
            select o.id, t.kind, t.currency, 0, 0, 0, 1, coalesce(t.amount, 0), t.points, 0, 0, 0, null
            from (select reconciliation as id, here as event from reconciliation_lines where here is not null
                union all select reconciliation, event_id from reconciliation_missing) o
            join finished f on f.id = o.id join partner_transactions t on t.event_id = o.event
            union all
            select i.reconciliation, i.transaction_kind, i.currency, 0, 0, 0, 0, 0, 0, 1, i.amount_difference, i.points_difference, null
            from reconciliation_items i join finished f on f.id = i.reconciliation
            union all
            select s.reconciliation, s.kind, s.currency, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                array[s.there_count, s.there_amount, s.there_points, s.here_count, s.here_amount, s.here_points, s.items_count, s.items_amount, s.items_points]
            from reconciliation_totals s join finished f on f.id = s.reconciliation)
        select id, kind, currency,
            array[sum(there), sum(there_amount), sum(there_points), sum(here), sum(here_amount), sum(here_points), sum(items), sum(items_amount), sum(items_points)],
            coalesce(max(stored), array[0, 0, 0, 0, 0, 0, 0, 0, 0]::numeric[])
        from parts group by id, kind, currency order by id
        """;

    // What an item must say follows from its line and our transaction, and from the rule for what nobody needs to decide on.
    private const string Items =
        """
        with finished as (
            select r.id, coalesce((m.data #>> '{Rule,AmountMinor}')::bigint, 0) as amount, coalesce((m.data #>> '{Rule,Points}')::bigint, 0) as points
            from reconciliations r left join mt_events m on m.type = 'matching-rule-published' and (m.data ->> 'Version')::int = r.rule where r.state = 'complete'),
        due as (
            select l.reconciliation, 'line ' || l.line as place,
                case when l.here is not null then case when coalesce(l.amount, 0) <> coalesce(t.amount, 0) then 'amount-differs' else 'points-differ' end
                    when l.result = 'duplicate' then 'duplicate' else 'missing-here' end as kind,
                coalesce(l.amount, 0) - coalesce(t.amount, 0) as amount, coalesce(l.points, t.points, 0) - coalesce(t.points, 0) as points,
                l.here is not null and abs(coalesce(l.amount, 0) - coalesce(t.amount, 0)) <= f.amount and abs(coalesce(l.points, t.points, 0) - t.points) <= f.points as tolerated
            from reconciliation_lines l join finished f on f.id = l.reconciliation left join partner_transactions t on t.event_id = l.here
            where l.here is null or t.amount is distinct from l.amount or l.points <> t.points
            union all
            select m.reconciliation, m.event_id::text, 'missing-there', -coalesce(t.amount, 0), -t.points, false
            from reconciliation_missing m join finished f on f.id = m.reconciliation join partner_transactions t on t.event_id = m.event_id),
        said as (
            select i.reconciliation, coalesce('line ' || i.line, i.event_id::text) as place, i.kind, i.amount_difference as amount, i.points_difference as points, i.tolerated
            from reconciliation_items i join finished f on f.id = i.reconciliation)
        select coalesce(d.reconciliation, s.reconciliation), coalesce(d.place, s.place), d.kind, d.amount, d.points, d.tolerated, s.kind, s.amount, s.points, s.tolerated
        from due d full join said s on s.reconciliation = d.reconciliation and s.place = d.place
        where (d.kind, d.amount, d.points, d.tolerated) is distinct from (s.kind, s.amount, s.points, s.tolerated)
        """;

    // An item's row repeats the last thing that people decided; what the rule has decided nobody has.
    private const string Decisions =
        """
        with facts as (
            select distinct on (e.stream_id) (e.data ->> 'Reconciliation')::uuid as reconciliation, (e.data ->> 'Item')::int as item, e.data ->> 'Decision' as decision,
                e.data ->> 'Maker' as maker, e.data ->> 'Checker' as checker, (e.data ->> 'Correction')::uuid as correction
            from mt_events e where e.type = 'reconciliation-decision-approved' order by e.stream_id, e.version desc),
        said as (
            select reconciliation, item, decision, proposed_by as maker, decided_by as checker, correction from reconciliation_items where state = 'decided' and not tolerated)
        select coalesce(f.reconciliation, s.reconciliation), coalesce(f.item, s.item), f.decision, f.maker, f.checker, s.decision, s.maker, s.checker
        from facts f full join said s on s.reconciliation = f.reconciliation and s.item = f.item
        where (f.decision, f.maker, f.checker, f.correction) is distinct from (s.decision, s.maker, s.checker, s.correction)
        """;

    // Nothing is lost, and nothing of ours is in a reconciliation twice.
    private const string Counts =
        """
        select r.id, r.lines, (select count(*) from reconciliation_lines l where l.reconciliation = r.id), r.items,
            (select count(*) from reconciliation_items i where i.reconciliation = r.id and i.item between 1 and r.items),
            (select count(*) from (select here from reconciliation_lines where reconciliation = r.id and here is not null
                union all select event_id from reconciliation_missing where reconciliation = r.id) o
            ) - (select count(*) from (select here from reconciliation_lines where reconciliation = r.id and here is not null
                union select event_id from reconciliation_missing where reconciliation = r.id) o)
        from reconciliations r where r.state = 'complete'
        """;

    private static readonly string[] Called = ["lines there", "amount there", "points there", "transactions here", "amount here", "points here", "items", "amount of items", "points of items"];

    public static async Task<IReadOnlyList<Check>> Run(AuditedDatabase ledger, AuditedDatabase partners, CancellationToken ct)
    {
        var check = new Check(26, "items of a reconciliation explain what both books differ by, and our book is the ledger's");
        await foreach (var row in partners.Rows(Counts, ct))
        {
            check.Saw("reconciliations");
            check.Saw("lines", row.GetInt64(2));
            check.Saw("items", row.GetInt64(4));
            check.Holds(
                row.GetInt32(1) == row.GetInt64(2) && row.GetInt32(3) == row.GetInt64(4) && row.GetInt64(5) == 0,
                () => $"Reconciliation {row.GetGuid(0)} has {row.GetInt64(2)} of {row[1]} lines and {row.GetInt64(4)} of {row[3]} items; {row[5]} of our transactions are in it twice.");
        }

        await foreach (var row in partners.Rows(Sums, ct)) Compare(row.GetGuid(0), $"{row.GetString(1)} {row[2]}".TrimEnd(), row.GetFieldValue<decimal[]>(3), row.GetFieldValue<decimal[]>(4), check);
        await foreach (var row in partners.Rows(Items, ct))
            check.Breaks($"Reconciliation {row.GetGuid(0)}, {row.GetString(1)}: an item says {Told(row, 6, 4)}; its line and our book come to {Told(row, 2, 4)}.");
        await foreach (var row in partners.Rows(Decisions, ct))
            check.Breaks($"Reconciliation {row.GetGuid(0)}, item {row.GetInt32(1)}: shown is {Told(row, 5, 3)}, and decided was {Told(row, 2, 3)}.");
        await OurBook.Compare(ledger, partners, check, ct);
        return [check];
    }

    private static string Told(NpgsqlDataReader row, int first, int columns) =>
        row.IsDBNull(first) ? "nothing" : string.Join(", ", Enumerable.Range(first, columns).Select(column => row[column].ToString()));

    private static void Compare(Guid reconciliation, string what, decimal[] own, decimal[] stored, Check check)
    {
        check.Saw("totals");
        for (var i = 0; i < own.Length; i++)
        {
            var (one, other) = (own[i], stored[i]);
            check.Holds(one == other, () => $"Reconciliation {reconciliation}, {what}: {Called[i]} are shown as {other}, and come to {one}.");
        }

        check.Holds(
            own[1] - own[4] == own[7] && own[2] - own[5] == own[8],
            () => $"Reconciliation {reconciliation}, {what}: the books differ by {own[1] - own[4]} and {own[2] - own[5]} points, and its items explain {own[7]} and {own[8]}.");
    }
}
