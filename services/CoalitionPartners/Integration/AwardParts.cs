using Loyalty.Contracts.PointsLedger.V1;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>Who funds which part of what a purchase earned.</summary>
internal static class AwardParts
{
    /// <summary>
    /// One part for each issuer and agreement, the seller's first even if it is nothing: to each of them it is one transaction, however
    /// many offers took part.
    /// </summary>
    public static IEnumerable<(Guid Issuer, int AgreementVersion, long Points)> ByIssuer(
        this IReadOnlyList<Award>? awards, Guid seller, int agreementVersion, long basePoints) => awards is null
        ? [(seller, agreementVersion, basePoints)]
        : awards.Select(a => (Issuer: a.IssuerId, a.AgreementVersion, a.Points)).Prepend((Issuer: seller, AgreementVersion: agreementVersion, Points: basePoints))
            .GroupBy(part => (part.Issuer, part.AgreementVersion))
            .Select(g => (g.Key.Issuer, g.Key.AgreementVersion, g.Sum(part => part.Points)));
}
