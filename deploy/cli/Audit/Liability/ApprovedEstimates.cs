using System.Text.Json;

namespace Loyalty.Cli.Audit.Liability;

/// <summary>What is expected of an issuer's points.</summary>
/// <param name="Rate">Which part of them will be redeemed in the end.</param>
/// <param name="Worth">What a point is worth, in units of the currency; null for its redeem price.</param>
internal sealed record Expectation(int Version, decimal Rate, decimal? Worth);

/// <summary>The estimates that two operators have agreed on, as far as the log has been read.</summary>
internal sealed class ApprovedEstimates
{
    private readonly Dictionary<int, JsonElement> proposed = [];
    private readonly List<JsonElement> approved = [];

    public void Take(string type, JsonElement fact)
    {
        var version = (int)fact.Number("Version");
        if (type == "liability-estimates-proposed") proposed[version] = fact.Clone();
        else if (proposed.Remove(version, out var agreed) && type == "liability-estimates-approved") approved.Add(agreed);
    }

    /// <summary>What holds in the books of a month: the latest version that speaks of the issuer, or of everybody; null where none does.</summary>
    public Expectation? InForce(Guid issuer, string month) => approved
        .Where(v => string.CompareOrdinal(v.Text("EffectiveFrom"), month) <= 0)
        .OrderByDescending(v => v.Text("EffectiveFrom"), StringComparer.Ordinal).ThenByDescending(v => v.Number("Version"))
        .Select(v => (Version: (int)v.Number("Version"), Own: v.Items("Estimates").Where(e => e.Has("Issuer") && e.Id("Issuer") == issuer).Concat(v.Items("Estimates").Where(e => !e.Has("Issuer"))).ToList()))
        .Where(v => v.Own.Count > 0)
        .Select(v => new Expectation(v.Version, v.Own[0].Exact("RedemptionRate"), v.Own[0].Has("PointValue") ? v.Own[0].Exact("PointValue") : null))
        .FirstOrDefault();
}
