using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;

namespace Loyalty.PointsLedger.Views;

/// <summary>What history would have earned under other rules.</summary>
/// <param name="UpToSequence">The last event of the log that could play a part.</param>
/// <param name="Members">Members who bought in the period.</param>
/// <param name="ChangedMembers">Those whom it would have made a difference to.</param>
/// <param name="Purchases">Purchases of the period.</param>
/// <param name="ChangedPurchases">Those that would have earned something else.</param>
/// <param name="Points">All points, less those taken back by returns.</param>
/// <param name="Partners">The same by issuer, with what they cost.</param>
/// <param name="Tiers">The same by the tier that the member would have been in; null for none.</param>
/// <param name="Offers">The same by offer; null for the partners' agreements.</param>
/// <param name="Assumptions">What the answer rests on.</param>
internal sealed record WhatIfReport(
    long UpToSequence, long Members, long ChangedMembers, long Purchases, long ChangedPurchases, ComparedPoints Points,
    IReadOnlyList<WhatIfPartner> Partners, IReadOnlyList<WhatIfTier> Tiers, IReadOnlyList<WhatIfOffer> Offers, IReadOnlyList<string> Assumptions)
{
    private static readonly string[] RestsOn =
    [
        "Everybody buys, returns and redeems as they did, whatever they would have earned.",
        "Members' privileges, celebrations and segments are those known now.",
        "Limits on postings are not asked, and an offer's budget is not spent: beyondBudget says how far it would be exceeded.",
        "A return takes back what its part of the purchase would have earned, whether or not it has been spent.",
        "Offers that were published after a purchase had been recorded, for a time before it, count as if they had been known.",
    ];

    public static WhatIfReport Of(WhatIfCount count, Differences differences, WhatIfTerms terms, IReadOnlyDictionary<string, long> budgets) => new(
        count.UpTo, count.Members, count.ChangedMembers, count.Purchases, count.ChangedPurchases, ComparedPoints.Of(differences.Tiers.Values),
        [
            .. differences.Issuers.GroupBy(i => i.Key.Issuer).Select(issuer => WhatIfPartner.Of(issuer.Key, [.. issuer], terms))
                .OrderBy(p => p.Code, StringComparer.Ordinal).ThenBy(p => p.Partner),
        ],
        [
            .. differences.Tiers.OrderBy(t => t.Key, StringComparer.Ordinal)
                .Select(t => new WhatIfTier(t.Key.Length == 0 ? null : t.Key, t.Value.Grants, ComparedPoints.Of([t.Value]))),
        ],
        [
            .. differences.Offers.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => new WhatIfOffer(
                o.Key.Length == 0 ? null : o.Key, o.Value.Grants, ComparedPoints.Of([o.Value]),
                budgets.TryGetValue(o.Key, out var budget) ? Math.Max(0, o.Value.Would.Value - budget) : null)),
        ],
        RestsOn);
}

/// <summary>What was gone through.</summary>
internal sealed record WhatIfCount(long UpTo, long Members, long ChangedMembers, long Purchases, long ChangedPurchases);

/// <param name="Recorded">As they were.</param>
/// <param name="Rerated">As they would have been.</param>
/// <param name="Difference">How many more they would have been.</param>
internal sealed record ComparedPoints(long Recorded, long Rerated, long Difference)
{
    public static ComparedPoints Of(IEnumerable<Comparison> all)
    {
        var sum = all.Aggregate(Comparison.None, (sum, one) => sum + one);
        return new(sum.Was.Value, sum.Would.Value, (sum.Would - sum.Was).Value);
    }
}

/// <param name="Partner">The issuer.</param>
/// <param name="Code">Its short code.</param>
/// <param name="RecordedCost">What its points cost it by the issue prices of its agreements, in each currency of them.</param>
/// <param name="ReratedCost">What they would have cost.</param>
/// <param name="SettlementDifference">How much more it would have owed for issuing.</param>
/// <param name="UnpricedDifference">The part of the difference in points whose price is not known here, and that is in no cost.</param>
internal sealed record WhatIfPartner(
    Guid Partner, string? Code, ComparedPoints Points, IReadOnlyList<WhatIfCost> RecordedCost, IReadOnlyList<WhatIfCost> ReratedCost,
    IReadOnlyList<WhatIfCost> SettlementDifference, long UnpricedDifference)
{
    public static WhatIfPartner Of(PartnerId partner, IReadOnlyList<KeyValuePair<(PartnerId Issuer, int AgreementVersion), Comparison>> agreements, WhatIfTerms terms)
    {
        var priced = agreements.Select(a => (Points: a.Value, Agreed: terms.Agreement(partner, a.Key.AgreementVersion))).ToList();
        return new(
            partner.Value, terms.CodeOf(partner), ComparedPoints.Of(agreements.Select(a => a.Value)),
            Cost(points => points.Was), Cost(points => points.Would), Cost(points => points.Would - points.Was),
            priced.Where(p => p.Agreed?.IssuePrice is null).Sum(p => (p.Points.Would - p.Points.Was).Value));

        WhatIfCost[] Cost(Func<Comparison, Points> of) =>
        [
            .. priced.Where(p => p.Agreed?.IssuePrice is not null).GroupBy(p => p.Agreed!.Currency)
                .Select(g => WhatIfCost.Of(Money.Rounded(g.Sum(p => of(p.Points).Value * p.Agreed!.IssuePrice!.Value), g.Key))),
        ];
    }
}

/// <param name="Amount">In units of the currency.</param>
/// <param name="Currency">ISO 4217.</param>
internal sealed record WhatIfCost(decimal Amount, string Currency)
{
    public static WhatIfCost Of(Money money) => new(money.Amount, money.Currency.Code);
}

/// <param name="Tier">The tier; null for none.</param>
/// <param name="Purchases">How many purchases would have been made in it.</param>
internal sealed record WhatIfTier(string? Tier, long Purchases, ComparedPoints Points);

/// <param name="Offer">The offer; null for the agreements.</param>
/// <param name="Grants">How often it would have granted points.</param>
/// <param name="BeyondBudget">Points beyond the offer's budget; null where it has none.</param>
internal sealed record WhatIfOffer(string? Offer, long Grants, ComparedPoints Points, long? BeyondBudget);
