using Loyalty.PointsLedger.Domain;

namespace Loyalty.PointsLedger.Views;

/// <summary>What a purchase earned, rule by rule, and why other offers gave nothing.</summary>
/// <param name="Base">Points by the partner's agreement.</param>
/// <param name="AgreementVersion">The version of the agreement.</param>
/// <param name="ProgrammeVersion">The version of the programme; 0 for none.</param>
/// <param name="Awards">What offers and the member's tier granted on top.</param>
/// <param name="Missed">Offers that were in question and gave nothing.</param>
/// <param name="Flags">Limits it went beyond and that somebody should look at.</param>
internal sealed record Explanation(
    long Base, int AgreementVersion, int ProgrammeVersion, IReadOnlyList<ExplainedAward> Awards, IReadOnlyList<MissedOffer> Missed, IReadOnlyList<string> Flags)
{
    /// <summary>What a till is told: nothing where there was nothing but the agreement.</summary>
    public static Explanation? ToTill(PointsAccrued e) => e is { Programme: 0, Awards: null, Missed: null } ? null : Of(e);

    public static Explanation Of(PointsAccrued e) => new(
        e.Points.Value, e.Terms.AgreementVersion, e.Programme,
        [.. (e.Awards ?? []).Select(a => new ExplainedAward(a.Offer, a.Version, a.Issuer.Value, a.Points.Value, a.ActivatesAt, a.ExpiresAt))],
        [.. (e.Missed ?? []).Select(m => new MissedOffer(m.Offer, m.Version, m.Reason))],
        [.. (e.Limits ?? []).Where(l => l.Beyond).Select(l => l.Limit.Split('/')[0])]);
}

/// <param name="Offer">The offer; <c>tier:gold</c> for the benefit of a tier.</param>
/// <param name="Version">Its version; of a tier's benefit that of the programme.</param>
/// <param name="Issuer">The partner that funds the points.</param>
/// <param name="Points">How many.</param>
/// <param name="ActivatesAt">From when they can be spent; null for at once.</param>
/// <param name="ExpiresAt">From when they are worth nothing; null for never.</param>
internal sealed record ExplainedAward(string Offer, int Version, Guid Issuer, long Points, DateTimeOffset? ActivatesAt, DateTimeOffset? ExpiresAt);

/// <param name="Offer">The offer.</param>
/// <param name="Version">Its version.</param>
/// <param name="Reason">A stable code such as <c>below-spend</c>.</param>
internal sealed record MissedOffer(string Offer, int Version, string Reason);
