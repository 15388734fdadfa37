using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Npgsql;

namespace Loyalty.PointsLedger.Views;

/// <summary>Points per issuer: what it has issued, what became of them and what can still be spent.</summary>
internal sealed class LiabilityView : IProjection
{
    public string Name => "liability";

    // Sums over all accounts of many years outgrow 64 bits before they outgrow numeric.
    public string Tables =>
        """
        create table issuers (
            issuer uuid not null primary key,
            issued numeric not null, reversed numeric not null, owed numeric not null,
            redeemed numeric not null, restored numeric not null, repaid numeric not null, expired numeric not null
        )
        """;

    public async Task Apply(NpgsqlConnection connection, IReadOnlyList<StoredEvent> page, CancellationToken ct)
    {
        var sums = page.SelectMany(e => Movements(e.Data)).GroupBy(m => m.Issuer)
            .Select(g => (Issuer: g.Key.Value, Total: g.Aggregate(new Movement(), (sum, m) => sum + m.Points)))
            .OrderBy(s => s.Issuer).ToList();
        if (sums.Count == 0) return;
        await using var command = new NpgsqlCommand(
            """
            insert into issuers (issuer, issued, reversed, owed, redeemed, restored, repaid, expired)
            select * from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
            on conflict (issuer) do update set
                issued = issuers.issued + excluded.issued, reversed = issuers.reversed + excluded.reversed, owed = issuers.owed + excluded.owed,
                redeemed = issuers.redeemed + excluded.redeemed, restored = issuers.restored + excluded.restored, repaid = issuers.repaid + excluded.repaid, expired = issuers.expired + excluded.expired
            """, connection);
        command.Parameters.Add(new() { Value = sums.ConvertAll(s => s.Issuer).ToArray() });
        foreach (var column in (Func<Movement, long>[])[m => m.Issued, m => m.Reversed, m => m.Owed, m => m.Redeemed, m => m.Restored, m => m.Repaid, m => m.Expired])
            command.Parameters.Add(new() { Value = sums.ConvertAll(s => column(s.Total)).ToArray() });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static IEnumerable<(PartnerId Issuer, Movement Points)> Movements(object fact) => fact switch
    {
        PointsAccrued e => Issued(e),
        PurchaseReversed e => Reversed(e),
        PointsAdjusted { Grants: true } e => [(e.Issuer, new Movement(Issued: e.Points.Value))],
        PointsAdjusted e => [(e.Issuer, new Movement(Reversed: -e.Points.Value, Owed: e.Debt.Value))],
        PointsExpired e => e.Draws.Select(d => (d.From.Issuer, new Movement(Expired: d.Points.Value))),
        PointsRedeemed e => e.Draws.Select(d => (d.From.Issuer, new Movement(Redeemed: d.Points.Value))),
        RedemptionReversed e => e.Draws.Select(d => (d.From.Issuer, new Movement(Restored: d.Points.Value))),
        DebtRepaid e => e.Draws.Select(d => (d.From.Issuer, new Movement(Repaid: d.Points.Value))),
        _ => [],
    };

    private static IEnumerable<(PartnerId Issuer, Movement Points)> Issued(PointsAccrued e) =>
        (e.Awards ?? []).Select(a => (a.Issuer, new Movement(Issued: a.Points.Value))).Prepend((e.Transaction.Partner, new Movement(Issued: e.Points.Value)));

    // What had lapsed before it was taken back is no more expired but reversed.
    private static IEnumerable<(PartnerId Issuer, Movement Points)> Reversed(PurchaseReversed e) => (e.Awards ?? [])
        .Select(a => (a.Issuer, new Movement(Reversed: a.Points.Value, Owed: a.Debt.Value, Expired: -a.Lapsed.Value)))
        .Prepend((e.Transaction.Partner, new Movement(Reversed: e.Points.Value, Owed: e.Debt.Value, Expired: -e.Lapsed.Value)));

    private sealed record Movement(
        long Issued = 0, long Reversed = 0, long Owed = 0, long Redeemed = 0, long Restored = 0, long Repaid = 0, long Expired = 0)
    {
        public static Movement operator +(Movement a, Movement b) => checked(new(
            a.Issued + b.Issued, a.Reversed + b.Reversed, a.Owed + b.Owed, a.Redeemed + b.Redeemed, a.Restored + b.Restored, a.Repaid + b.Repaid, a.Expired + b.Expired));
    }
}

/// <param name="Issuer">The partner that funds the points.</param>
/// <param name="Code">Its short code.</param>
/// <param name="Issued">Points accrued by its purchases or granted by adjustments.</param>
/// <param name="Reversed">Points taken back by returns or adjustments.</param>
/// <param name="Owed">How many of those were already spent, so that their members owe them.</param>
/// <param name="Redeemed">Points spent, anywhere.</param>
/// <param name="Restored">Points given back by reversed redemptions.</param>
/// <param name="Repaid">Points that paid off members' debts.</param>
/// <param name="Expired">Points that have lapsed unspent: the issuer's breakage.</param>
/// <param name="Outstanding">Points that members still hold: issued − (reversed − owed) − redeemed + restored − repaid − expired.</param>
internal sealed record IssuerLiability(
    Guid Issuer, string? Code, long Issued, long Reversed, long Owed, long Redeemed, long Restored, long Repaid, long Expired, long Outstanding);

/// <summary>Reads the view.</summary>
internal sealed class LiabilityReader(DocumentStore store)
{
    /// <summary>All issuers, or the one that asks.</summary>
    public async Task<IReadOnlyList<IssuerLiability>> Read(PartnerId? only, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            """
            select i.issuer, p.code, i.issued::bigint, i.reversed::bigint, i.owed::bigint, i.redeemed::bigint, i.restored::bigint, i.repaid::bigint, i.expired::bigint,
                (i.issued - (i.reversed - i.owed) - i.redeemed + i.restored - i.repaid - i.expired)::bigint
            from liability.issuers i left join partners p on p.partner_id = i.issuer
            where $1 is null or i.issuer = $1 order by p.code, i.issuer
            """);
        query.Parameters.Add(new() { Value = (object?)only?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        var issuers = new List<IssuerLiability>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            issuers.Add(new(
                row.GetGuid(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5),
                row.GetInt64(6), row.GetInt64(7), row.GetInt64(8), row.GetInt64(9)));
        }

        return issuers;
    }
}
