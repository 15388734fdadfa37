using System.Text.Json.Serialization;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain;

/// <summary>Terms between a partner and the coalition. Every posting they rate is pinned to their version for ever.</summary>
/// <param name="Commercial">What is agreed beyond prices; null for the usual.</param>
internal sealed record Agreement(
    int Version, Currency Currency, Terms Terms, DateTimeOffset AgreedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Commercial? Commercial = null)
{
    [JsonIgnore]
    public Commercial Conditions => Commercial ?? Commercial.Usual;

    /// <summary>Whether it says just this.</summary>
    public bool Says(Terms terms, Commercial? commercial) => Terms == terms && Conditions.Says(commercial?.Normalised() ?? Commercial.Usual);
}

/// <summary>What a partner gives and takes from an instant on, until later terms take over.</summary>
/// <param name="PointsPerUnit">Points accrued per whole unit of the currency.</param>
/// <param name="IssuePrice">What the partner pays for a point issued, in units of the currency.</param>
/// <param name="RedeemPrice">What the partner is paid for a point accepted, in units of the currency.</param>
internal sealed record Terms(DateTimeOffset EffectiveFrom, decimal PointsPerUnit, decimal IssuePrice, decimal RedeemPrice)
{
    private const decimal MostPointsPerUnit = 10_000;
    private const decimal MostPricePerPoint = 1_000;
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Why nobody could agree to such terms at this time, or null.</summary>
    public Refusal? Refusal(DateTimeOffset at)
    {
        if (EffectiveFrom < Earliest || EffectiveFrom > at.AddYears(10))
            return new("effective-from-not-allowed", "An agreement starts in the year 2000 or later, and within ten years from now.");
        if (PointsPerUnit is < 0 or > MostPointsPerUnit || PointsPerUnit.Normalised().Scale > 4)
            return new("points-per-unit-not-allowed", "pointsPerUnit is between 0 and 10,000, with at most four decimals.");
        return NotAPrice(IssuePrice, "issuePrice") ?? NotAPrice(RedeemPrice, "redeemPrice");
    }

    /// <summary>The same terms in the one way they are stored: times in UTC, numbers without zeros at their end.</summary>
    public Terms Normalised() =>
        new(EffectiveFrom.ToUniversalTime(), PointsPerUnit.Normalised(), IssuePrice.Normalised(), RedeemPrice.Normalised());

    public static Refusal? NotAPrice(decimal price, string member) =>
        price is >= 0 and <= MostPricePerPoint && price.Normalised().Scale <= 6
            ? null
            : new("price-not-allowed", $"{member} is between 0 and 1,000 units of the partner's currency, with at most six decimals.");
}

internal static class Decimals
{
    /// <summary>The same number without zeros at its end: dividing by a one with many decimals makes .NET drop them.</summary>
    public static decimal Normalised(this decimal number) => number / 1.000000000000000000000000000000m;
}
