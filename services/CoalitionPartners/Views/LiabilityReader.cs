using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Liability;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Npgsql;

namespace Loyalty.CoalitionPartners.Views;

/// <summary>Reads what became of points.</summary>
internal sealed class LiabilityReader(DocumentStore store)
{
    private const string Sums =
        """
        sum(issued)::bigint, sum(taken_back)::bigint, sum(redeemed)::bigint, sum(put_back)::bigint, sum(repaid)::bigint, sum(expired)::bigint,
        sum(adjusted)::bigint, sum(sales)::bigint
        """;

    /// <summary>All movements in the books of months up to one, by issuer.</summary>
    /// <param name="through">Null for all there are.</param>
    public async Task<ILookup<PartnerId, CohortMovements>> Movements(Month? through, PartnerId? only, CancellationToken ct)
    {
        await using var command = store.DataSource.CreateCommand(
            $"""
            select issuer, vintage, agreement, period, {Sums} from liability_movements
            where ($1::date is null or period <= $1) and ($2::uuid is null or issuer = $2)
            group by issuer, vintage, agreement, period order by issuer, vintage, agreement, period
            """);
        command.Parameters.Add(new NpgsqlParameter<DateOnly?> { TypedValue = through?.First });
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = only?.Value });
        var rows = new List<(PartnerId Issuer, CohortMovements Row)>();
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
            rows.Add((new(row.GetGuid(0)), new(Vintage.From(row.GetString(1)), row.GetInt32(2), MonthAt(row, 3), MovedAt(row, 4))));
        return rows.ToLookup(r => r.Issuer, r => r.Row);
    }

    /// <summary>What stands in the books of a month but happened before.</summary>
    public async Task<IReadOnlyList<LateMovements>> Late(Month period, CancellationToken ct)
    {
        await using var command = store.DataSource.CreateCommand(
            $"""
            select issuer, vintage, origin, {Sums} from liability_movements where period = $1 and origin < period
            group by issuer, vintage, origin order by issuer, vintage, origin
            """);
        command.Parameters.Add(new() { Value = period.First });
        var late = new List<LateMovements>();
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
            late.Add(new(new(row.GetGuid(0)), Vintage.From(row.GetString(1)), MonthAt(row, 2), MovedAt(row, 3)));
        return late;
    }

    /// <summary>The months that have books, up to one.</summary>
    public async Task<IReadOnlyList<Month>> Periods(Month after, Month through, int limit, CancellationToken ct)
    {
        await using var command = store.DataSource.CreateCommand(
            """
            select month::date from generate_series((select min(period) from liability_movements), $2, interval '1 month') month
            where month > $1 order by month limit $3
            """);
        command.Parameters.Add(new() { Value = after.First });
        command.Parameters.Add(new() { Value = through.First });
        command.Parameters.Add(new() { Value = limit });
        var months = new List<Month>();
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) months.Add(MonthAt(row, 0));
        return months;
    }

    /// <summary>The last place of this service's log.</summary>
    public async Task<long> LastSequence(CancellationToken ct)
    {
        await using var command = store.DataSource.CreateCommand("select coalesce(max(seq_id), 0) from mt_events");
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private static Month MonthAt(NpgsqlDataReader row, int column) => Month.Of(row.GetFieldValue<DateOnly>(column));

    private static Movements MovedAt(NpgsqlDataReader row, int first) => new(
        new(row.GetInt64(first)), new(row.GetInt64(first + 1)), new(row.GetInt64(first + 2)), new(row.GetInt64(first + 3)), new(row.GetInt64(first + 4)),
        new(row.GetInt64(first + 5)), new(row.GetInt64(first + 6)), row.GetInt64(first + 7));
}
