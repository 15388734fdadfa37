using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain;

/// <summary>One line of double entry.</summary>
/// <param name="LedgerAccount">For example <c>member/…</c> or <c>issued/…</c>.</param>
/// <param name="Unit">What is counted; every unit of a fact's postings sums to zero.</param>
/// <param name="Amount">Positive into the ledger account, negative out of it.</param>
internal readonly record struct Posting(LedgerAccount LedgerAccount, string Unit, long Amount);

/// <summary>
/// The double entry behind every fact. Points a member holds or has set aside stand against what partners have issued;
/// a partner that accepts points holds them until settlement; a member's debt is points it should hold and doesn't. What lapses falls
/// to its issuer. What goes from account to account passes through its transfer, which is empty again once both have recorded it. Points that can't be spent yet are the member's all the same.
/// </summary>
internal static class Postings
{
    public static IReadOnlyList<Posting> Of(AccountId account, IAccountFact fact) => fact switch
    {
        PointsAccrued e =>
        [
            .. Move(new("issued", e.Transaction.Partner.Value), new("member", account.Value), e.Points),
            .. (e.Awards ?? []).SelectMany(a => Move(new("issued", a.Issuer.Value), new("member", account.Value), a.Points)),
        ],
        DebtRepaid e => Move(new("member", account.Value), new("debt", account.Value), e.Points),
        PurchaseReversed e =>
        [
            .. TakeBack(account, e.Transaction.Partner, e.Points, e.Debt, e.Lapsed),
            .. (e.Awards ?? []).SelectMany(a => TakeBack(account, a.Issuer, a.Points, a.Debt, a.Lapsed)),
        ],
        PointsReserved e => Move(new("member", account.Value), new("reserved", account.Value), e.Points),
        PointsRedeemed { Reservation: not null } e => Move(new("reserved", account.Value), new("redeemed", e.Transaction.Partner.Value), e.Points),
        PointsRedeemed e => Move(new("member", account.Value), new("redeemed", e.Redeemer().Value), e.Points),
        ReservationReleased e => Move(new("reserved", account.Value), new("member", account.Value), e.Points),
        ReservationTimedOut e => Move(new("reserved", account.Value), new("member", account.Value), e.Points),
        PointsActivated or TierChanged or DowngradeAnnounced or GoalChosen or GoalDropped or VoucherRedeemed => [],
        PointsExpired e => [.. e.Draws.SelectMany(d => Move(new("member", account.Value), new("breakage", d.From.Issuer.Value), d.Points))],
        PointsSent e => [.. Move(new("member", account.Value), new("transfer", e.Transfer), e.Points), .. Move(new("transfer", e.Transfer), new("debt", account.Value), e.Debt)],
        PointsReceived e => [.. Move(new("transfer", e.Transfer), new("member", account.Value), e.Points), .. Move(new("debt", account.Value), new("transfer", e.Transfer), e.Debt)],
        RedemptionReversed e => Move(new("redeemed", e.Redeemer().Value), new("member", account.Value), e.Points),
        // Granted and taken like the issuer's own: it pays for what is granted and is paid back what is taken, so its liability follows.
        PointsAdjusted { Grants: true } e => Move(new("issued", e.Issuer.Value), new("member", account.Value), e.Points),
        PointsAdjusted e => TakeBack(account, e.Issuer, e.Points.Size(), e.Debt, Points.Zero),
        AccountOpened or PoolOpened or CardLinked or CardBlocked or AccountMerged or AccountSeparated or AccountClosed => [],
        _ => throw new InvalidOperationException($"No postings are defined for the fact {fact.GetType().Name}."),
    };

    private static Posting[] TakeBack(AccountId account, PartnerId issuer, Points points, Points debt, Points lapsed) =>
    [
        .. Move(new("member", account.Value), new("issued", issuer.Value), points - debt - lapsed),
        .. Move(new("debt", account.Value), new("issued", issuer.Value), debt),
        .. Move(new("breakage", issuer.Value), new("issued", issuer.Value), lapsed),
    ];

    private static Posting[] Move(LedgerAccount from, LedgerAccount to, Points points) =>
        points == Points.Zero ? [] : [new(from, "points", -points.Value), new(to, "points", points.Value)];
}
