using Loyalty.Contracts.PointsLedger.V1;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>Whose points were used, and what they were issued under.</summary>
internal static class DrawnParts
{
    /// <summary>One part for each issuer and agreement. Draws that were told without their agreement were issued when all was paid at once.</summary>
    public static IEnumerable<(Guid Issuer, int AgreementVersion, long Points)> ByIssuer(this IReadOnlyList<Draw> draws) => draws
        .Where(d => d.AgreementVersion > 0)
        .GroupBy(d => (d.IssuerId, d.AgreementVersion))
        .Select(g => (g.Key.IssuerId, g.Key.AgreementVersion, g.Sum(d => d.Points)));
}
