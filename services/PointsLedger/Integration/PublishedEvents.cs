using System.Collections.Immutable;
using Loyalty.EventStore;
using Loyalty.PointsLedger.Domain;
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
            RedemptionReversed e => Of(account, e),
            _ => null,
        };
    }

    private static Contract.PurchaseAccrued Of(Guid account, PointsAccrued e) => new(
        account, e.Transaction.Partner.Value, e.Store, e.Transaction.Id.Value, e.Amount.Minor, e.Amount.Currency.Code,
        e.Points.Value, e.Terms.AgreementVersion, e.Transaction.OccurredAt, e.Transaction.RecordedAt);

    private static Contract.PurchaseReversed Of(Guid account, PurchaseReversed e) => new(
        account, e.Transaction.Partner.Value, e.Store, e.Transaction.Id.Value, e.Purchase.Value, e.Amount.Minor, e.Amount.Currency.Code,
        e.Points.Value, e.Debt.Value, e.AgreementVersion, e.Transaction.OccurredAt, e.Transaction.RecordedAt);

    private static Contract.PointsReserved Of(Guid account, PointsReserved e) => new(
        account, e.Transaction.Partner.Value, e.Store, e.Transaction.Id.Value, e.Points.Value, e.Transaction.OccurredAt, e.Transaction.RecordedAt);

    private static Contract.PointsRedeemed Of(Guid account, PointsRedeemed e) => new(
        account, e.Transaction.Partner.Value, e.Store, e.Transaction.Id.Value, e.Reservation?.Value, e.Points.Value, Of(e.Draws),
        e.AgreementVersion, e.Transaction.OccurredAt, e.Transaction.RecordedAt);

    private static Contract.ReservationReleased Of(Guid account, ReservationReleased e) => new(
        account, e.Transaction.Partner.Value, e.Reservation.Value, e.Transaction.Id.Value, e.Points.Value, e.Transaction.OccurredAt, e.Transaction.RecordedAt);

    private static Contract.RedemptionReversed Of(Guid account, RedemptionReversed e) => new(
        account, e.Transaction.Partner.Value, e.Store, e.Transaction.Id.Value, e.Redemption.Value, e.Points.Value, Of(e.Draws),
        e.AgreementVersion, e.Transaction.OccurredAt, e.Transaction.RecordedAt);

    private static IReadOnlyList<Contract.Draw> Of(ImmutableArray<Draw> draws) =>
        [.. draws.Select(d => new Contract.Draw(d.From.Issuer.Value, d.From.Purchase.Value, d.Points.Value))];
}
