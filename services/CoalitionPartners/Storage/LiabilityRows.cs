using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Liability;
using Loyalty.Kernel;
using Npgsql;

namespace Loyalty.CoalitionPartners.Storage;

/// <summary>What became of points of an issuer, as one of the ledger's events tells it.</summary>
/// <param name="Origin">The month in which it happened.</param>
internal sealed record ToldMovement(PartnerId Issuer, Vintage Vintage, int AgreementVersion, Month Origin, Movements Moved);

/// <summary>How far the books have come.</summary>
/// <param name="Next">The only month that may be closed next; null as long as nothing has moved.</param>
internal sealed record BooksPlace(long LedgerEvents, Month? ClosedThrough, Month? Next);

/// <summary>Writes movements, and keeps them out of months that are closed.</summary>
internal static class LiabilityRows
{
    // The row of the books is written by everybody, and so lets nothing into a month while, or after, that is closed.
    private const string Add =
        """
        with books as (update liability_books set events = events + $1 returning closed_through)
        insert into liability_movements (
            issuer, vintage, agreement, period, origin, issued, taken_back, redeemed, put_back, repaid, expired, adjusted, sales)
        select m.issuer, m.vintage, m.agreement, greatest(m.origin, (b.closed_through + interval '1 month')::date), m.origin,
            m.issued, m.taken_back, m.redeemed, m.put_back, m.repaid, m.expired, m.adjusted, m.sales
        from books b, unnest(
            $2::uuid[], $3::text[], $4::int[], $5::date[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[])
            as m (issuer, vintage, agreement, origin, issued, taken_back, redeemed, put_back, repaid, expired, adjusted, sales)
        on conflict (issuer, vintage, agreement, period, origin) do update set
            issued = liability_movements.issued + excluded.issued, taken_back = liability_movements.taken_back + excluded.taken_back,
            redeemed = liability_movements.redeemed + excluded.redeemed, put_back = liability_movements.put_back + excluded.put_back,
            repaid = liability_movements.repaid + excluded.repaid, expired = liability_movements.expired + excluded.expired,
            adjusted = liability_movements.adjusted + excluded.adjusted, sales = liability_movements.sales + excluded.sales
        """;

    private const string Place =
        "select events, closed_through, coalesce((closed_through + interval '1 month')::date, (select min(period) from liability_movements)) from liability_books";

    /// <summary>Adds what a page of events tells to the sums, in one statement.</summary>
    public static async Task Write(NpgsqlTransaction transaction, int events, IEnumerable<ToldMovement> told, CancellationToken ct)
    {
        // In one order for everybody, so that nobody waits for somebody who waits for him.
        var rows = told.GroupBy(t => (t.Issuer, t.Vintage, t.AgreementVersion, t.Origin)).Select(g => g.First() with { Moved = g.Sum(t => t.Moved) })
            .OrderBy(r => r.Issuer.Value).ThenBy(r => r.Vintage.ToString(), StringComparer.Ordinal).ThenBy(r => r.AgreementVersion).ThenBy(r => r.Origin).ToList();
        await using var command = new NpgsqlCommand(Add, transaction.Connection, transaction);
        command.Parameters.Add(new() { Value = (long)events });
        command.Parameters.Add(new() { Value = rows.ConvertAll(r => r.Issuer.Value).ToArray() });
        command.Parameters.Add(new() { Value = rows.ConvertAll(r => r.Vintage.ToString()).ToArray() });
        command.Parameters.Add(new() { Value = rows.ConvertAll(r => r.AgreementVersion).ToArray() });
        command.Parameters.Add(new() { Value = rows.ConvertAll(r => r.Origin.First).ToArray() });
        foreach (var column in (Func<Movements, long>[])
            [m => m.Issued.Value, m => m.TakenBack.Value, m => m.Redeemed.Value, m => m.PutBack.Value, m => m.Repaid.Value, m => m.Expired.Value, m => m.Adjusted.Value, m => m.Sales])
            command.Parameters.Add(new() { Value = rows.ConvertAll(r => column(r.Moved)).ToArray() });
        await command.ExecuteNonQueryAsync(ct);
    }

    public static async Task<BooksPlace> Read(NpgsqlDataSource dataSource, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(Place);
        return await Read(command, ct);
    }

    /// <summary>The same, and nothing moves until the transaction ends.</summary>
    public static async Task<BooksPlace> Hold(NpgsqlTransaction transaction, CancellationToken ct)
    {
        await using var hold = new NpgsqlCommand("select from liability_books for update", transaction.Connection, transaction);
        await hold.ExecuteNonQueryAsync(ct);
        await using var command = new NpgsqlCommand(Place, transaction.Connection, transaction);
        return await Read(command, ct);
    }

    public static async Task Close(NpgsqlTransaction transaction, Month month, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("update liability_books set closed_through = $1", transaction.Connection, transaction);
        command.Parameters.Add(new() { Value = month.First });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<BooksPlace> Read(NpgsqlCommand command, CancellationToken ct)
    {
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new(row.GetInt64(0), At(1), At(2));

        Month? At(int column) => row.IsDBNull(column) ? null : Month.Of(row.GetFieldValue<DateOnly>(column));
    }
}
