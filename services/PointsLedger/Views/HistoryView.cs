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
/// <param name="BalanceChange">What it did to the member's points, those included that can't be spent yet.</param>
/// <param name="Partner">Whose transaction caused it; null where another service did.</param>
/// <param name="TransactionId">That partner's id of the transaction.</param>
/// <param name="Original">The transaction it refers to.</param>
/// <param name="Store">The partner's store.</param>
/// <param name="Amount">The money that was paid or paid back.</param>
/// <param name="Late">Whether it came later than usual.</param>
/// <param name="Explained">Of a purchase: which rule gave what, and why others gave nothing.</param>
internal sealed record HistoryLine(
    long Version, string Type, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt, long Points, long BalanceChange,
    Guid? Partner, string? TransactionId, string? Original, string? Store, Money? Amount, bool Late, Explanation? Explained = null)
{
    public static HistoryLine Of(StoredEvent stored) => stored.Data switch
    {
        PointsAccrued e => Of(stored, e, e.Earned(), store: e.Store, amount: e.Amount) with { Explained = Explanation.Of(e) },
        DebtRepaid e => Of(stored, e, e.Points),
        PurchaseReversed e => Of(stored, e, e.Taken(), e.Purchase, e.Store, e.Amount),
        PointsReserved e => Of(stored, e, e.Points, store: e.Store),
        PointsRedeemed e => Of(stored, e, e.Points, e.Reservation, e.Store),
        ReservationReleased e => Of(stored, e, e.Points, e.Reservation),
        RedemptionReversed e => Of(stored, e, e.Points, e.Redemption, e.Store),
        VoucherRedeemed e => Of(stored, e, new Points(0), store: e.Store),
        ReservationTimedOut e => Of(stored, e, e.Points) with { Partner = e.Redeemer.Value, Original = e.Reservation.Value },
        PointsActivated e => Of(stored, e, e.Points),
        PointsExpired e => Of(stored, e, e.Points),
        PointsSent e => Of(stored, e, e.Points),
        PointsReceived e => Of(stored, e, e.Points),
        PointsAdjusted e => Of(stored, e, e.Points),
        IDatedFact e => Of(stored, e, new Points(0)),
        var other => throw new InvalidOperationException($"No line is written for the fact {other.GetType().Name}."),
    };

    private static HistoryLine Of(StoredEvent stored, IDatedFact fact, Points points) => new(
        stored.Version, stored.Name, fact.OccurredAt, fact.RecordedAt, points.Value, Change(stored, fact), null, null, null, null, null, Late: false);

    private static HistoryLine Of(
        StoredEvent stored, ITransactionFact fact, Points points, TransactionId? original = null, string? store = null, Money? amount = null)
    {
        var by = fact.Transaction;
        return new(
            stored.Version, stored.Name, by.OccurredAt, by.RecordedAt, points.Value, Change(stored, fact),
            by.Partner.Value, by.Id.Value, original?.Value, store, amount, by.Late);
    }

    private static long Change(StoredEvent stored, IAccountFact fact) => LedgerAccount.ChangeOfBalance(AccountId.From(stored.StreamId), fact);
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
