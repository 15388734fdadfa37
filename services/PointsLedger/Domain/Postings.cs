using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain;

/// <summary>One line of double entry.</summary>
/// <param name="LedgerAccount">For example <c>member/…</c> or <c>issued/…</c>.</param>
/// <param name="Unit">What is counted; every unit of a fact's postings sums to zero.</param>
/// <param name="Amount">Positive into the ledger account, negative out of it.</param>
internal sealed record Posting(string LedgerAccount, string Unit, long Amount);

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
            .. Move($"issued/{e.Transaction.Partner}", $"member/{account}", e.Points),
            .. (e.Awards ?? []).SelectMany(a => Move($"issued/{a.Issuer}", $"member/{account}", a.Points)),
        ],
        DebtRepaid e => Move($"member/{account}", $"debt/{account}", e.Points),
        PurchaseReversed e =>
        [
            .. TakeBack(account, e.Transaction.Partner, e.Points, e.Debt, e.Lapsed),
            .. (e.Awards ?? []).SelectMany(a => TakeBack(account, a.Issuer, a.Points, a.Debt, a.Lapsed)),
        ],
        PointsReserved e => Move($"member/{account}", $"reserved/{account}", e.Points),
        PointsRedeemed { Reservation: not null } e => Move($"reserved/{account}", $"redeemed/{e.Transaction.Partner}", e.Points),
        PointsRedeemed e => Move($"member/{account}", $"redeemed/{e.Redeemer()}", e.Points),
        ReservationReleased e => Move($"reserved/{account}", $"member/{account}", e.Points),
        ReservationTimedOut e => Move($"reserved/{account}", $"member/{account}", e.Points),
        PointsActivated or TierChanged or DowngradeAnnounced or GoalChosen or GoalDropped or VoucherRedeemed => [],
        PointsExpired e => [.. e.Draws.SelectMany(d => Move($"member/{account}", $"breakage/{d.From.Issuer}", d.Points))],
        PointsSent e => [.. Move($"member/{account}", $"transfer/{e.Transfer}", e.Points), .. Move($"transfer/{e.Transfer}", $"debt/{account}", e.Debt)],
        PointsReceived e => [.. Move($"transfer/{e.Transfer}", $"member/{account}", e.Points), .. Move($"debt/{account}", $"transfer/{e.Transfer}", e.Debt)],
        RedemptionReversed e => Move($"redeemed/{e.Redeemer()}", $"member/{account}", e.Points),
        // Granted and taken like the issuer's own: it pays for what is granted and is paid back what is taken, so its liability follows.
        PointsAdjusted { Grants: true } e => Move($"issued/{e.Issuer}", $"member/{account}", e.Points),
        PointsAdjusted e => TakeBack(account, e.Issuer, e.Points.Size(), e.Debt, Points.Zero),
        AccountOpened or PoolOpened or CardLinked or CardBlocked or AccountMerged or AccountSeparated or AccountClosed => [],
        _ => throw new InvalidOperationException($"No postings are defined for the fact {fact.GetType().Name}."),
    };

    private static Posting[] TakeBack(AccountId account, PartnerId issuer, Points points, Points debt, Points lapsed) =>
    [
        .. Move($"member/{account}", $"issued/{issuer}", points - debt - lapsed),
        .. Move($"debt/{account}", $"issued/{issuer}", debt),
        .. Move($"breakage/{issuer}", $"issued/{issuer}", lapsed),
    ];

    private static Posting[] Move(string from, string to, Points points) =>
        points == Points.Zero ? [] : [new(from, "points", -points.Value), new(to, "points", points.Value)];
}
