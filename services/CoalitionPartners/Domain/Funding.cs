using System.Text.Json.Serialization;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain;

/// <summary>When a partner pays for the points it issues.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FundingKind>))]
internal enum FundingKind
{
    /// <summary>After they were issued, with the settlement.</summary>
    [JsonStringEnumMemberName("postpaid")]
    Postpaid,

    /// <summary>Before, in blocks.</summary>
    [JsonStringEnumMemberName("prepaid")]
    Prepaid,

    /// <summary>A share with the issue, and the rest once they are redeemed.</summary>
    [JsonStringEnumMemberName("split")]
    Split,
}

/// <summary>What happens to purchases whose points no block holds any more.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WhenEmpty>))]
internal enum WhenEmpty
{
    [JsonStringEnumMemberName("overdraw")]
    Overdraw,

    [JsonStringEnumMemberName("refuse")]
    Refuse,
}

/// <summary>When and how a partner pays for the points it issues.</summary>
/// <param name="Block">Of prepaid points: how they are bought.</param>
/// <param name="ShareAtIssue">Of a split: which share of the price is due with the issue, from 0 to 1.</param>
internal sealed record Funding(
    FundingKind Kind,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BlockTerms? Block = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? ShareAtIssue = null)
{
    public static readonly Funding AtIssue = new(FundingKind.Postpaid);

    public Funding Normalised() => this with { Block = Block?.Normalised(), ShareAtIssue = ShareAtIssue?.Normalised() };

    public Refusal? Refusal() => (Kind, Block, ShareAtIssue) switch
    {
        (FundingKind.Postpaid, null, null) => null,
        (FundingKind.Prepaid, { } block, null) => block.Refusal(),
        (FundingKind.Split, null, >= 0 and <= 1) when Normalised().ShareAtIssue!.Value.Scale <= 6 => null,
        (FundingKind.Split, null, not null) => NotAllowed("shareAtIssue is between 0 and 1, with at most six decimals."),
        _ => NotAllowed("Prepaid points need a block, a split needs shareAtIssue, and postpaid points have neither."),
    };

    public static Refusal NotAllowed(string detail) => new("funding-not-allowed", detail);
}

/// <summary>How prepaid points are bought.</summary>
/// <param name="Points">How many make a block.</param>
/// <param name="Price">What a point of a block costs, in units of the currency; null for the issue price.</param>
/// <param name="AlertBelow">With fewer points left than these it runs low.</param>
/// <param name="Replenish">Whether the next block is bought by itself then, which both parties have agreed to herewith.</param>
internal sealed record BlockTerms(Points Points, decimal? Price, Points AlertBelow, bool Replenish, WhenEmpty WhenEmpty)
{
    private static readonly Points Most = new(1_000_000_000_000);

    public BlockTerms Normalised() => this with { Price = Price?.Normalised() };

    public Refusal? Refusal() =>
        Points < new Points(1) || Points > Most || AlertBelow < Points.Zero || AlertBelow > Most
            ? Funding.NotAllowed($"A block has 1 to {Most} points, and runs low below 0 to {Most}.")
            : Terms.NotAPrice(Price ?? 0, "price of a block");
}
