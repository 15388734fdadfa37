using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.CoalitionPartners.Storage;
using Npgsql;

namespace Loyalty.CoalitionPartners.Reconciling;

/// <summary>A pair that may differ, and where it was found.</summary>
/// <param name="Line">The partner's line; null where its book has none.</param>
/// <param name="Event">Our transaction; null where there is none.</param>
internal sealed record FoundPair(Pair Pair, int? Line, Guid? Event, string? CardEnd);

/// <summary>Reads the pairs that do not agree, a page at a time: the partner's lines in the order of its book, then what no line tells of.</summary>
internal static class PairReader
{
    public const int PageSize = 1_000;

    private const string OfLines =
        """
        select l.kind, l.currency, l.transaction_id, l.amount, l.points, l.occurred_at, t.transaction_id, t.amount, t.points, t.occurred_at,
            coalesce(l.result, '') = 'duplicate', coalesce(l.result, '') = 'ambiguous', l.line, t.event_id, l.card_end
        from reconciliation_lines l left join partner_transactions t on t.event_id = l.here
        where l.reconciliation = $1 and l.line > $2
            and (l.here is null or t.amount is distinct from l.amount or (l.points is not null and l.points <> t.points))
        order by l.line limit 1000
        """;

    private const string OfMissing =
        """
        select t.kind, t.currency, null::text, null::bigint, null::bigint, null::timestamptz, t.transaction_id, t.amount, t.points, t.occurred_at,
            false, m.ambiguous, null::int, t.event_id, null::text
        from reconciliation_missing m join partner_transactions t on t.event_id = m.event_id
        where m.reconciliation = $1 and m.event_id > $2 order by m.event_id limit 1000
        """;

    public static Task<IReadOnlyList<FoundPair>> OfLinesAfter(NpgsqlTransaction transaction, Guid reconciliation, int line, CancellationToken ct) =>
        Read(OfLines, transaction, reconciliation, line, ct);

    public static Task<IReadOnlyList<FoundPair>> MissingAfter(NpgsqlTransaction transaction, Guid reconciliation, Guid @event, CancellationToken ct) =>
        Read(OfMissing, transaction, reconciliation, @event, ct);

    private static async Task<IReadOnlyList<FoundPair>> Read(string sql, NpgsqlTransaction transaction, Guid reconciliation, object after, CancellationToken ct)
    {
        await using var query = new NpgsqlCommand(sql, transaction.Connection, transaction);
        query.Parameters.Add(new() { Value = reconciliation });
        query.Parameters.Add(new() { Value = after });
        var found = new List<FoundPair>(PageSize);
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            found.Add(new(
                new(row.GetString(0), row.Text(1), Entry(row, 2), Entry(row, 6), row.GetBoolean(10), row.GetBoolean(11)),
                row.Int(12), row.Id(13), row.Text(14)));
        }

        return found;
    }

    private static Entry? Entry(NpgsqlDataReader row, int at) =>
        row.IsDBNull(at) ? null : new(row.GetString(at), row.Number(at + 1), row.Number(at + 2), row.GetFieldValue<DateTimeOffset>(at + 3));
}
