using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Liability;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>What the ledger's events do to the points of each issuer and vintage. Added up, it is what members hold.</summary>
internal static class ToldMovements
{
    public static IEnumerable<ToldMovement> Of(PurchaseAccrued e) =>
    [
        new(new(e.PartnerId), Vintage.Of(e.OccurredAt), e.AgreementVersion, Month.Of(e.OccurredAt), new(Issued: new(e.Points), Sales: e.AmountMinor)),
        .. (e.Awards ?? []).Select(a => new ToldMovement(
            new(a.IssuerId), Vintage.Of(e.OccurredAt), a.AgreementVersion, Month.Of(e.OccurredAt), new(Issued: new(a.Points)))),
    ];

    /// <summary>Only what was still there, or had lapsed, is taken back: what was spent has been redeemed, and is now owed by the member.</summary>
    public static IEnumerable<ToldMovement> Of(PurchaseReversed e)
    {
        var (vintage, origin, awards) = (Vintage.Of(e.PurchasedAt), Month.Of(e.OccurredAt), e.Awards ?? []);
        var debt = e.Debt - awards.Sum(a => a.Debt);
        return
        [
            new(new(e.PartnerId), vintage, e.AgreementVersion, origin, new(TakenBack: new(e.Points - debt), Expired: new(-e.Lapsed), Sales: -e.AmountMinor)),
            .. awards.Select(a => new ToldMovement(
                new(a.IssuerId), vintage, a.AgreementVersion, origin, new(TakenBack: new(a.Points - a.Debt), Expired: new(-a.Lapsed)))),
        ];
    }

    public static IEnumerable<ToldMovement> Of(PointsRedeemed e) => Drawn(e.Draws, e.OccurredAt, points => new(Redeemed: points));

    public static IEnumerable<ToldMovement> Of(RedemptionReversed e) => Drawn(e.Draws, e.OccurredAt, points => new(PutBack: points));

    /// <summary>They count in the month in which it was written down: the one in which they lapsed may be over.</summary>
    public static IEnumerable<ToldMovement> Of(PointsExpired e) => Drawn(e.Draws, e.RecordedAt, points => new(Expired: points));

    public static IEnumerable<ToldMovement> Of(DebtRepaid e) => Drawn(e.Draws, e.OccurredAt, points => new(Repaid: points));

    /// <summary>Points that were taken belong to the vintages they were taken from; those that were not there were spent before.</summary>
    public static IEnumerable<ToldMovement> Of(PointsAdjusted e) => e.Draws is { } draws
        ? Drawn(draws, e.OccurredAt, points => new(Adjusted: -points))
        : [new(new(e.IssuerId), e.Points > 0 ? Vintage.Of(e.OccurredAt) : Vintage.Unknown, e.AgreementVersion, Month.Of(e.OccurredAt), new(Adjusted: new(e.Points + e.Debt)))];

    private static IEnumerable<ToldMovement> Drawn(IReadOnlyList<Draw> draws, DateTimeOffset at, Func<Points, Movements> moved) =>
        draws.Select(d => new ToldMovement(new(d.IssuerId), Vintage.Of(d.AccruedAt), d.AgreementVersion, Month.Of(at), moved(new(d.Points))));
}
