using Loyalty.CoalitionPartners.Domain.Reconciling;
using Npgsql;

namespace Loyalty.CoalitionPartners.Storage;

/// <summary>The totals of both books. Each sum is taken from its own rows, so that they can contradict each other.</summary>
internal static class ReconciliationTotalRows
{
    private const string Insert =
        """
        with lines as (
            select l.kind, l.currency, count(*) as n, sum(coalesce(l.amount, 0)) as amount, sum(coalesce(l.points, t.points, 0)) as points
            from reconciliation_lines l left join partner_transactions t on t.event_id = l.here where l.reconciliation = $1 group by 1, 2),
        ours as (
            select here as event_id, l.amount is not distinct from t.amount and (l.points is null or l.points = t.points) as agrees
            from reconciliation_lines l join partner_transactions t on t.event_id = l.here where l.reconciliation = $1
            union all select event_id, false from reconciliation_missing where reconciliation = $1),
        here as (
            select t.kind, t.currency, count(*) as n, sum(coalesce(t.amount, 0)) as amount, sum(t.points) as points, count(*) filter (where o.agrees) as agreeing,
                coalesce(sum(t.amount) filter (where o.agrees), 0) as agreeing_amount, coalesce(sum(t.points) filter (where o.agrees), 0) as agreeing_points
            from ours o join partner_transactions t on t.event_id = o.event_id group by 1, 2),
        items as (
            select transaction_kind as kind, currency, count(*) as n, sum(amount_difference) as amount, sum(points_difference) as points
            from reconciliation_items where reconciliation = $1 group by 1, 2),
        kinds as (select kind, currency from lines union select kind, currency from here union select kind, currency from items)
        insert into reconciliation_totals
        select $1, k.kind, k.currency, coalesce(l.n, 0), coalesce(l.amount, 0), coalesce(l.points, 0), coalesce(h.n, 0), coalesce(h.amount, 0), coalesce(h.points, 0),
            coalesce(h.agreeing, 0), coalesce(h.agreeing_amount, 0), coalesce(h.agreeing_points, 0), coalesce(i.n, 0), coalesce(i.amount, 0), coalesce(i.points, 0)
        from kinds k
            left join lines l on l.kind = k.kind and l.currency is not distinct from k.currency
            left join here h on h.kind = k.kind and h.currency is not distinct from k.currency
            left join items i on i.kind = k.kind and i.currency is not distinct from k.currency
        """;

    private const string Select =
        """
        select kind, currency, there_count, there_amount, there_points, here_count, here_amount, here_points, matched_count, matched_amount, matched_points,
            items_count, items_amount, items_points
        from reconciliation_totals where reconciliation = $1 order by kind, currency
        """;

    public static async Task Write(NpgsqlTransaction transaction, Guid reconciliation, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Insert, transaction.Connection, transaction) { CommandTimeout = (int)TimeSpan.FromMinutes(10).TotalSeconds };
        command.Parameters.Add(new() { Value = reconciliation });
        await command.ExecuteNonQueryAsync(ct);
    }

    public static async Task<IReadOnlyList<BookTotal>> Read(NpgsqlConnection connection, Guid reconciliation, CancellationToken ct)
    {
        await using var query = new NpgsqlCommand(Select, connection);
        query.Parameters.Add(new() { Value = reconciliation });
        var totals = new List<BookTotal>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) totals.Add(new(row.GetString(0), row.Text(1), Sum(row, 2), Sum(row, 5), Sum(row, 8), Sum(row, 11)));
        return totals;
    }

    private static Sum Sum(NpgsqlDataReader row, int at) => new(row.GetInt64(at), row.GetDecimal(at + 1), row.GetDecimal(at + 2));
}
