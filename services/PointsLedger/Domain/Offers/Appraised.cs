using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>What a purchase earns, rule by rule, and why other offers gave nothing.</summary>
/// <param name="Base">Points by the agreement's rate on what no base offer matched.</param>
/// <param name="BaseEligible">What that is.</param>
/// <param name="BaseLines">The lines it consists of; null for the whole receipt.</param>
/// <param name="Fraction">What rounding left over, or gave in advance, of everything granted now; to be added to what is carried to the member's next purchase.</param>
/// <param name="Grants">In the order in which they were rounded: base offers, the tier's, bonuses.</param>
internal sealed record Appraised(
    Points Base, Money BaseEligible, ImmutableArray<int>? BaseLines, decimal Fraction, ImmutableArray<Granted> Grants, ImmutableArray<Missed> Missed);

/// <summary>
/// What one rule grants beside the agreement. Only a base offer may grant no points at all: it is there because it took its lines.
/// </summary>
/// <param name="Id">The offer's, or <c>tier:</c> and the tier's.</param>
/// <param name="Version">The offer's; 0 of a tier, which the programme's version pins.</param>
/// <param name="Offer">Null of a tier.</param>
/// <param name="Eligible">The amount that counted.</param>
/// <param name="Lines">The lines that counted; null for the whole receipt.</param>
/// <param name="Windows">The windows of the offer's caps of which it uses up some, as <see cref="OfferUse"/> names them.</param>
internal sealed record Granted(
    string Id, int Version, Offer? Offer, Points Points, Money Eligible, ImmutableArray<int>? Lines, ImmutableArray<string> Windows);

/// <summary>Why an offer in question gave nothing.</summary>
/// <param name="Reason">
/// A stable code. A condition fails: <c>wrong-store</c>, <c>wrong-tender</c>, <c>wrong-weekday</c>, <c>wrong-hour</c>, <c>no-recent-purchase</c>,
/// <c>not-the-nth-purchase</c>, <c>not-new-at-partner</c>, <c>too-few-partners</c>, <c>not-celebration-week</c>, <c>not-privileged</c>,
/// <c>not-in-tier</c>, <c>not-in-segment</c>. Nothing or too little counts: <c>no-lines</c>, <c>no-matching-lines</c>,
/// <c>rated-by-other-base</c>, <c>below-spend</c>, <c>above-spend</c>. A limit: <c>cap-reached</c>, <c>budget-spent</c>. It holds and yet gives
/// nothing: <c>less-than-other-of-group</c>, <c>less-than-a-point</c>, whose fraction is carried.
/// </param>
internal sealed record Missed(string Offer, int Version, string Reason);
