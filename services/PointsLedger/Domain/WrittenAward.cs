using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain;

/// <summary>
/// An award as it is stored in its purchase. Most are the seller's own, for the whole amount, and lapse with the base points: these say
/// <see cref="AsBase"/> and not all of it again. Facts of old say everything.
/// </summary>
internal sealed record WrittenAward(int Lot, string Offer, int Version, Points Points)
{
    /// <summary>Issuer, agreement, amount and expiry are those of the base points.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AsBase { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PartnerId? Issuer { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? AgreementVersion { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Counted? For { get; init; }

    /// <summary>Null for never, and of one that lapses with the base points.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ActivatesAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int SlidesBy { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<string>? Windows { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Budgeted { get; init; }

    public static WrittenAward Of(Award award, PointsAccrued purchase)
    {
        var written = new WrittenAward(award.Lot, award.Offer, award.Version, award.Points)
        {
            ActivatesAt = award.ActivatesAt,
            SlidesBy = award.SlidesBy,
            Windows = award.Windows,
            Budgeted = award.Budgeted,
        };
        return award.Issuer == purchase.Transaction.Partner && award.AgreementVersion == purchase.Terms.AgreementVersion && award.For.Lines is null
            && award.For.Amount == purchase.Amount && award.ExpiresAt == purchase.ExpiresAt
            ? written with { AsBase = true }
            : written with { Issuer = award.Issuer, AgreementVersion = award.AgreementVersion, For = award.For, ExpiresAt = award.ExpiresAt };
    }

    public Award Of(PointsAccrued purchase) => new(
        Lot, Offer, Version, AsBase ? purchase.Transaction.Partner : Issuer!.Value, AsBase ? purchase.Terms.AgreementVersion : AgreementVersion!.Value, Points,
        AsBase ? new(purchase.Amount, Lines: null) : For!, AsBase ? purchase.ExpiresAt : ExpiresAt)
    {
        ActivatesAt = ActivatesAt,
        SlidesBy = SlidesBy,
        Windows = Windows,
        Budgeted = Budgeted,
    };
}
