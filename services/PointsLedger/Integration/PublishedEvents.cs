using System.Collections.Immutable;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Contract = Loyalty.Contracts.PointsLedger.V1;

namespace Loyalty.PointsLedger.Integration;

/// <summary>What others are told of each stored fact. Pure: telling it again tells the same.</summary>
internal static class PublishedEvents
{
    public static object? Map(StoredEvent stored)
    {
        var account = stored.StreamId;
        return stored.Data switch
        {
            PointsAccrued e => Of(account, e),
            PurchaseReversed e => Of(account, e),
            PointsReserved e => Of(account, e),
            PointsRedeemed e => Of(account, e),
            ReservationReleased e => Of(account, e),
            ReservationTimedOut e => new Contract.ReservationReleased(
                account, e.Redeemer.Value, e.Reservation.Value, e.Reservation.Value, e.Points.Value, e.OccurredAt, e.RecordedAt),
            PointsExpired e => new Contract.PointsExpired(account, e.Points.Value, Of(e.Draws), e.RecordedAt),
            PointsSent { Points: var points } e when points > Points.Zero => new Contract.PointsTransferred(
                account, e.To.Value, e.Transfer, e.Kind, points.Value, Of(e.Draws), e.RecordedAt),
            TierChanged { From: var from, To: var to } e when from != to => new Contract.TierChanged(account, from, to, e.Reason, e.OccurredAt, e.RecordedAt),
            RedemptionReversed e => Of(account, e),
            PointsAdjusted e => new Contract.PointsAdjusted(
                account, e.Adjustment, e.Issuer.Value, e.AgreementVersion, e.Points.Value, e.Reason, e.OccurredAt, e.RecordedAt,
                e.Debt.Value, e.Draws is { } draws ? Of(draws) : null),
            DebtRepaid e => new Contract.DebtRepaid(account, e.Points.Value, Of(e.Draws), e.Transaction.OccurredAt, e.Transaction.RecordedAt),
            _ => null,
        };
    }

    private static Contract.PurchaseAccrued Of(Guid account, PointsAccrued e) => new(
        account, e.Transaction.Partner.Value, e.Store, e.Transaction.Id.Value, e.Amount.Minor, e.Amount.Currency.Code,
        e.Points.Value, e.Terms.AgreementVersion, e.Transaction.OccurredAt, e.Transaction.RecordedAt,
        e.Awards is { } awards ? [.. awards.Select(a => new Contract.Award(a.Issuer.Value, a.AgreementVersion, a.Offer, a.Version, a.Points.Value))] : null,
        e.Limits.Flags(), e.Card);

    private static Contract.PurchaseReversed Of(Guid account, PurchaseReversed e) => new(
        account, e.Transaction.Partner.Value, e.Store, e.Transaction.Id.Value, e.Purchase.Value, e.Amount.Minor, e.Amount.Currency.Code,
        e.Points.Value, e.Owed().Value, e.AgreementVersion, e.Transaction.OccurredAt, e.Transaction.RecordedAt,
        e.Awards is { } awards
            ? [.. awards.Select(a => new Contract.Award(a.Issuer.Value, a.AgreementVersion, a.Offer, a.Version, a.Points.Value, a.Debt.Value, a.Lapsed.Value))]
            : null,
        e.PurchasedAt, e.Lapsed.Value);

    private static Contract.PointsReserved Of(Guid account, PointsReserved e) => new(
        account, e.Transaction.Partner.Value, e.Store, e.Transaction.Id.Value, e.Points.Value, e.Transaction.OccurredAt, e.Transaction.RecordedAt);

    private static Contract.PointsRedeemed Of(Guid account, PointsRedeemed e) => new(
        account, e.Redeemer().Value, e.Store, ToRedeemer(e.Transaction, e.Transaction.Id, e.Claim), e.Reservation?.Value, e.Points.Value, Of(e.Draws),
        e.AgreementVersion, e.Transaction.OccurredAt, e.Transaction.RecordedAt, e.Card);

    private static Contract.ReservationReleased Of(Guid account, ReservationReleased e) => new(
        account, e.Transaction.Partner.Value, e.Reservation.Value, e.Transaction.Id.Value, e.Points.Value, e.Transaction.OccurredAt, e.Transaction.RecordedAt);

    private static Contract.RedemptionReversed Of(Guid account, RedemptionReversed e) => new(
        account, e.Redeemer().Value, e.Store, ToRedeemer(e.Transaction, e.Transaction.Id, e.Claim), ToRedeemer(e.Transaction, e.Redemption, e.Claim), e.Points.Value, Of(e.Draws),
        e.AgreementVersion, e.Transaction.OccurredAt, e.Transaction.RecordedAt);

    // Another partner's id may be one of the redeemer's own for something else: it knows the claim by its voucher.
    private static string ToRedeemer(Transaction transaction, TransactionId id, RewardClaim? claim) =>
        claim is null || claim.Partner == transaction.Partner ? id.Value : $"voucher:{claim.Voucher:N}";

    private static IReadOnlyList<Contract.Draw> Of(ImmutableArray<Draw> draws) =>
        [.. draws.Select(d => new Contract.Draw(d.From.Issuer.Value, d.From.Purchase.Value, d.Points.Value, d.From.AgreementVersion, d.From.AccruedAt))];
}
