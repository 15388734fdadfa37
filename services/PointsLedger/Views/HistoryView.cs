using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;

namespace Loyalty.PointsLedger.Views;

/// <summary>One line of an account's history.</summary>
/// <param name="Version">Its place in the account.</param>
/// <param name="Type">The stored name of the fact: <c>points-accrued</c>.</param>
/// <param name="OccurredAt">When it happened.</param>
/// <param name="RecordedAt">When the ledger recorded it.</param>
/// <param name="Points">How many points it is about.</param>
/// <param name="BalanceChange">What it did to the points that can be spent.</param>
/// <param name="Partner">Whose transaction caused it; null where another service did.</param>
/// <param name="TransactionId">That partner's id of the transaction.</param>
/// <param name="Original">The transaction it refers to.</param>
/// <param name="Store">The partner's store.</param>
/// <param name="Amount">The money that was paid or paid back.</param>
/// <param name="Late">Whether it came later than usual.</param>
internal sealed record HistoryLine(
    long Version, string Type, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt, long Points, long BalanceChange,
    Guid? Partner, string? TransactionId, string? Original, string? Store, Money? Amount, bool Late)
{
    public static HistoryLine Of(StoredEvent stored) => stored.Data switch
    {
        AccountOpened e => Of(stored, e.OccurredAt, e.RecordedAt),
        CardLinked e => Of(stored, e.OccurredAt, e.RecordedAt),
        CardBlocked e => Of(stored, e.OccurredAt, e.RecordedAt),
        AccountClosed e => Of(stored, e.OccurredAt, e.RecordedAt),
        PointsAccrued e => Of(stored, e, e.Points, store: e.Store, amount: e.Amount),
        DebtRepaid e => Of(stored, e, e.Points),
        PurchaseReversed e => Of(stored, e, e.Points, e.Purchase, e.Store, e.Amount),
        PointsReserved e => Of(stored, e, e.Points, store: e.Store),
        PointsRedeemed e => Of(stored, e, e.Points, e.Reservation, e.Store),
        ReservationReleased e => Of(stored, e, e.Points, e.Reservation),
        RedemptionReversed e => Of(stored, e, e.Points, e.Redemption, e.Store),
        var other => throw new InvalidOperationException($"No line is written for the fact {other.GetType().Name}."),
    };

    private static HistoryLine Of(StoredEvent stored, DateTimeOffset occurredAt, DateTimeOffset recordedAt) =>
        new(stored.Version, stored.Name, occurredAt, recordedAt, 0, 0, null, null, null, null, null, Late: false);

    private static HistoryLine Of(
        StoredEvent stored, ITransactionFact fact, Points points, TransactionId? original = null, string? store = null, Money? amount = null)
    {
        var (account, by) = (AccountId.From(stored.StreamId), fact.Transaction);
        var member = $"member/{account}";
        var change = Postings.Of(account, fact).Where(p => string.Equals(p.LedgerAccount, member, StringComparison.Ordinal)).Sum(p => p.Amount);
        return new(
            stored.Version, stored.Name, by.OccurredAt, by.RecordedAt, points.Value, change,
            by.Partner.Value, by.Id.Value, original?.Value, store, amount, by.Late);
    }
}

/// <summary>Reads an account's stream in pages.</summary>
internal sealed class HistoryView(DocumentStore store)
{
    private const int Stretch = 500;

    /// <summary>Lines after a version, at most <paramref name="limit"/>; only a partner's own where one asks. Null when there is no such account.</summary>
    public async Task<IReadOnlyList<HistoryLine>?> Read(Guid account, long afterVersion, int limit, PartnerId? partner, CancellationToken ct)
    {
        if (await store.Load<Account>(account, ct) is not { State.Closed: false }) return null;
        // A partner's own lines may be far apart; of an operator's every one counts.
        var stretch = partner is null ? limit : Stretch;
        var lines = new List<HistoryLine>();
        while (lines.Count < limit)
        {
            var facts = await store.FetchStream(account, afterVersion, limit: stretch, ct: ct);
            lines.AddRange(facts.Select(HistoryLine.Of).Where(line => partner is null || line.Partner == partner.Value.Value).Take(limit - lines.Count));
            if (facts.Count < stretch) break;
            afterVersion = facts[^1].Version;
        }

        return lines;
    }
}
