using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;

namespace Loyalty.PointsLedger.Views;

/// <summary>What the ledger knows of the surroundings of a transaction at a till.</summary>
/// <param name="Account">Where the card leads; null when nobody has told of the card.</param>
/// <param name="CardNumber">The card's number, whether it or the barcode was scanned.</param>
/// <param name="StoreKnown">Whether the store is the partner's.</param>
/// <param name="Terms">The partner's terms in force when the transaction was made.</param>
/// <param name="Voided">Whether the transaction was reversed before it arrived.</param>
internal sealed record Till(AccountId? Account, string? CardNumber, bool StoreKnown, Terms? Terms, bool Voided)
{
    /// <summary>What is missing to post anything here, if so. It may still be on its way from another service.</summary>
    public Refusal? Lacks =>
        Account is null ? Refusals.UnknownCard :
        !StoreKnown ? Refusals.UnknownStore :
        Terms is null ? Refusals.NoAgreement : null;
}

/// <summary>Reads the ledger's own copies of what others own, in one round trip.</summary>
internal sealed class TillView(DocumentStore store)
{
    public async Task<Till> Find(PartnerId partner, TransactionId id, string card, string storeCode, DateTimeOffset at, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            """
            select c.account_id, c.number, s.code is not null, a.version, a.currency, a.points_per_unit, t.kind is not null
            from (select 1) till
            left join cards c on c.scanned = $3
            left join stores s on s.partner_id = $1 and s.code = $4
            left join transactions t on t.partner_id = $1 and t.transaction_id = $2 and t.kind = 'voided'
            left join lateral (
                select version, currency, points_per_unit from agreements where partner_id = $1 and effective_from <= $5
                order by effective_from desc, version desc limit 1
            ) a on true
            """);
        query.Parameters.Add(new() { Value = partner.Value });
        query.Parameters.Add(new() { Value = id.Value });
        query.Parameters.Add(new() { Value = card });
        query.Parameters.Add(new() { Value = storeCode });
        query.Parameters.Add(new() { Value = at.UtcDateTime });
        await using var row = await query.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new Till(
            row.IsDBNull(0) ? null : AccountId.From(row.GetGuid(0)),
            row.IsDBNull(1) ? null : row.GetString(1),
            row.GetBoolean(2),
            row.IsDBNull(3) ? null : new Terms(row.GetInt32(3), Currency.From(row.GetString(4)), row.GetDecimal(5)),
            row.GetBoolean(6));
    }

    /// <summary>The account a card leads to, or null.</summary>
    public async Task<AccountId?> AccountOf(string card, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand("select account_id from cards where scanned = $1");
        query.Parameters.Add(new() { Value = card });
        return await query.ExecuteScalarAsync(ct) is Guid account ? AccountId.From(account) : null;
    }
}
