namespace Loyalty.CoalitionPartners.Domain;

/// <summary>What the ledger tells that can move money.</summary>
internal enum Movement
{
    Issued,
    IssueReversed,
    Accepted,
    AcceptanceReversed,

    /// <summary>Somebody accepted points that this partner had issued.</summary>
    Redeemed,
    RedemptionReversed,
    Lapsed,
}

/// <summary>A posting as the ledger tells it, before its agreement says what it costs.</summary>
/// <param name="Store">The partner's own store where it was made; null where that was another's, or none.</param>
internal sealed record ToldPosting(Movement Movement, Posting Posting, string? Store = null);

/// <summary>What points cost under an agreement: at issue, when they are redeemed, and when they lapse.</summary>
internal static class Pricing
{
    /// <summary>What such a movement is to the settlement, and the exact price of a point; null where it moves nothing.</summary>
    public static (PostingKind Kind, decimal Price)? Price(this Agreement agreement, Movement movement, string? store) => movement switch
    {
        Movement.Issued when agreement.IsPrepaid() => (PostingKind.PrepaidIssue, 0),
        Movement.IssueReversed when agreement.IsPrepaid() => (PostingKind.PrepaidIssueReversal, 0),
        Movement.Issued => (PostingKind.Issue, agreement.DueAtIssue(store)),
        Movement.IssueReversed => (PostingKind.IssueReversal, agreement.DueAtIssue(store)),
        Movement.Accepted => (PostingKind.Acceptance, agreement.RedeemPrice(store)),
        Movement.AcceptanceReversed => (PostingKind.AcceptanceReversal, agreement.RedeemPrice(store)),
        Movement.Redeemed when agreement.DueAtRedemption() > 0 => (PostingKind.Funding, agreement.DueAtRedemption()),
        Movement.RedemptionReversed when agreement.DueAtRedemption() > 0 => (PostingKind.FundingReversal, agreement.DueAtRedemption()),
        Movement.Redeemed or Movement.RedemptionReversed => null,
        Movement.Lapsed => (PostingKind.Breakage, agreement.GivenBack()),
        _ => throw new ArgumentOutOfRangeException(nameof(movement), movement, "There is no such movement."),
    };

    /// <summary>What a point of a prepaid block costs.</summary>
    public static decimal BlockPrice(this Agreement agreement) => agreement.Conditions.Funding.Block?.Price ?? agreement.Terms.IssuePrice;

    /// <summary>What a point costs its issuer in all, wherever and whenever that falls due.</summary>
    public static decimal FundingPrice(this Agreement agreement) => agreement.IsPrepaid() ? agreement.BlockPrice() : agreement.Terms.IssuePrice;

    private static bool IsPrepaid(this Agreement agreement) => agreement.Conditions.Funding.Kind == FundingKind.Prepaid;

    // Together with what is due at redemption it comes to the price of the store.
    private static decimal DueAtIssue(this Agreement agreement, string? store) =>
        ((agreement.Conditions.GroupOf(store)?.IssuePrice ?? agreement.Terms.IssuePrice) - agreement.DueAtRedemption()).Normalised();

    private static decimal DueAtRedemption(this Agreement agreement) =>
        agreement.Conditions.Funding.ShareAtIssue is { } share ? (agreement.Terms.IssuePrice * (1 - share)).Normalised() : 0;

    private static decimal RedeemPrice(this Agreement agreement, string? store) =>
        agreement.Conditions.GroupOf(store)?.RedeemPrice ?? agreement.Terms.RedeemPrice;

    // What was paid for it so far: a part that would have fallen due at redemption never does.
    private static decimal GivenBack(this Agreement agreement) =>
        agreement.Conditions.Breakage == BreakageKeeper.Coalition ? 0 : agreement.IsPrepaid() ? agreement.BlockPrice() : agreement.DueAtIssue(store: null);
}
