using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>A base offer rates lines in the agreement's place; a bonus comes on top.</summary>
internal enum OfferKind
{
    Base,
    Bonus,
}

/// <summary>A version of an offer, as the ledger evaluates it.</summary>
/// <param name="PublishedAt">Purchases made before are none of this version's business.</param>
/// <param name="From">The first instant of purchase at which it holds; null for its publication.</param>
/// <param name="Until">The first instant at which it holds no more; null for open-ended.</param>
/// <param name="Priority">Smaller goes first.</param>
/// <param name="Group">Of all bonuses in a group only the one that grants most applies.</param>
/// <param name="Budget">Points that all members together may be granted.</param>
/// <param name="FundedBy">Shares that add up to 100; empty: the selling partner pays.</param>
/// <param name="Activation">Null: as the programme says.</param>
/// <param name="Expiry">Null: as the programme says.</param>
internal sealed record Offer(
    string Id, int Version, string Name, DateTimeOffset PublishedAt, bool Withdrawn, OfferKind Kind, DateTimeOffset? From, DateTimeOffset? Until,
    int Priority, string? Group, Conditions When, Grant Give, ImmutableArray<Cap> Caps, Points? Budget, ImmutableArray<Share> FundedBy,
    Activation? Activation, Expiry? Expiry)
{
    /// <summary>The order in which offers are looked at, whatever order they are listed in.</summary>
    public static readonly Comparison<Offer> Order = (a, b) =>
        a.Priority != b.Priority ? a.Priority.CompareTo(b.Priority) : string.CompareOrdinal(a.Id, b.Id);

    public bool InForce(DateTimeOffset at) => !Withdrawn && at >= PublishedAt && !(at < From) && !(at >= Until);

    /// <summary>
    /// Whose points a grant is. The largest remainders get the points that whole shares leave over, the earlier share among
    /// equals, so the parts add up; who gets none is left out.
    /// </summary>
    public ImmutableArray<(PartnerId Issuer, Points Points)> Split(Points points, PartnerId seller)
    {
        if (FundedBy.IsEmpty) return [(seller, points)];

        var parts = FundedBy.Select(share => (share.Partner, Exact: (Int128)points.Value * share.Percent)).ToArray();
        var over = points.Value - parts.Sum(part => (long)(part.Exact / 100));
        var luckiest = parts.Select((part, i) => (i, Remainder: part.Exact % 100)).OrderByDescending(part => part.Remainder).Take((int)over);
        var extra = luckiest.Select(part => part.i).ToHashSet();
        return
        [
            .. parts
                .Select((part, i) => (part.Partner, new Points((long)(part.Exact / 100) + (extra.Contains(i) ? 1 : 0))))
                .Where(part => part.Item2 > Points.Zero),
        ];
    }
}

/// <summary>A partner's share of what an offer grants.</summary>
internal sealed record Share(PartnerId Partner, int Percent);
