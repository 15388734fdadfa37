using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>Points of one issuer by one rule; below zero where they are taken back.</summary>
/// <param name="AgreementVersion">The issuer's agreement that prices them.</param>
/// <param name="Offer">The offer, or <c>tier:gold</c>; null for the agreement.</param>
internal sealed record RuleGrant(PartnerId Issuer, int AgreementVersion, string? Offer, Points Points);

/// <summary>Points as they were and as they would have been.</summary>
/// <param name="Grants">Of how many grants they are, as it would have been.</param>
internal sealed record Comparison(Points Was, Points Would, long Grants)
{
    public static readonly Comparison None = new(Points.Zero, Points.Zero, 0);

    public static Comparison operator +(Comparison a, Comparison b) => new(a.Was + b.Was, a.Would + b.Would, a.Grants + b.Grants);
}

/// <summary>The sums of everything that was rated again. They take as much room as there are partners, agreements, offers and tiers.</summary>
internal sealed class Differences
{
    private readonly Dictionary<(PartnerId Issuer, int AgreementVersion), Comparison> issuers = [];
    private readonly Dictionary<string, Comparison> offers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Comparison> tiers = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<(PartnerId Issuer, int AgreementVersion), Comparison> Issuers => issuers;

    /// <summary>By the offer's id; of the agreements themselves under <c>""</c>.</summary>
    public IReadOnlyDictionary<string, Comparison> Offers => offers;

    /// <summary>By the tier in which the purchase would have been made; <c>""</c> for none. Grants are purchases here.</summary>
    public IReadOnlyDictionary<string, Comparison> Tiers => tiers;

    public void AddPurchase(string? tier, IEnumerable<RuleGrant> was, IEnumerable<RuleGrant> would)
    {
        AddReturn(tier, was, would);
        Add(tiers, tier ?? "", new(Points.Zero, Points.Zero, 1));
    }

    /// <param name="was">What was taken back, below zero.</param>
    /// <param name="would">What would have been.</param>
    public void AddReturn(string? tier, IEnumerable<RuleGrant> was, IEnumerable<RuleGrant> would)
    {
        foreach (var grant in was) Add(tier, grant, new(grant.Points, Points.Zero, 0));
        foreach (var grant in would) Add(tier, grant, new(Points.Zero, grant.Points, grant.Points > Points.Zero ? 1 : 0));
    }

    private void Add(string? tier, RuleGrant grant, Comparison points)
    {
        Add(issuers, (grant.Issuer, grant.AgreementVersion), points);
        Add(offers, grant.Offer ?? "", points);
        Add(tiers, tier ?? "", points with { Grants = 0 });
    }

    private static void Add<TKey>(Dictionary<TKey, Comparison> sums, TKey key, Comparison points) where TKey : notnull =>
        sums[key] = (sums.GetValueOrDefault(key) ?? Comparison.None) + points;
}
