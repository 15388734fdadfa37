using System.Text.Json.Serialization;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Liability;

// The facts of the stream of estimates. Their members are storage format: see Storage/StoredEvents.cs before renaming one.
internal abstract record EstimateFact;

/// <param name="EffectiveFrom">The first month whose books are kept by it.</param>
/// <param name="Maker">The client of the operator who proposes it.</param>
internal sealed record EstimatesProposed(int Version, Month EffectiveFrom, IReadOnlyList<Estimate> Estimates, string Maker, DateTimeOffset ProposedAt) : EstimateFact
{
    public bool Says(Month effectiveFrom, IEnumerable<Estimate> estimates) => EffectiveFrom == effectiveFrom && Estimates.SequenceEqual(estimates);
}

internal sealed record EstimatesApproved(int Version, string Checker, DateTimeOffset ApprovedAt) : EstimateFact;

internal sealed record EstimatesRejected(int Version, string Checker, DateTimeOffset RejectedAt) : EstimateFact;

/// <summary>What operators expect of points.</summary>
/// <param name="Issuer">Whose points; null for those of everybody who is not named.</param>
/// <param name="RedemptionRate">Which part of them will be redeemed in the end, from 0 to 1.</param>
/// <param name="PointValue">What a point is worth to whoever redeems it, in units of the issuer's currency; null for its redeem price.</param>
internal sealed record Estimate(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PartnerId? Issuer, decimal RedemptionRate,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? PointValue = null)
{
    public Estimate Normalised() => this with { RedemptionRate = RedemptionRate.Normalised(), PointValue = PointValue?.Normalised() };

    public Refusal? Refusal() => RedemptionRate is >= 0 and <= 1 && RedemptionRate.Normalised().Scale <= 6
        ? PointValue is { } value ? Terms.NotAPrice(value, "pointValue") : null
        : LiabilityRefusals.EstimateNotAllowed("redemptionRate is between 0 and 1, with at most six decimals.");
}
