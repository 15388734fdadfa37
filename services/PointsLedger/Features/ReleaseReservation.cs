using System.Text.Json.Serialization;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Lanes;
using Loyalty.PointsLedger.Storage;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

/// <summary>Reserved points are free again.</summary>
internal sealed record ReleaseReservation(PartnerId Partner, TransactionId TransactionId, TransactionId Reservation, DateTimeOffset OccurredAt)
    : IPosting<ReservationFreed>, ITransactionCommand
{
    [JsonIgnore]
    public bool MayBackdate { get; init; }

    string ITransactionCommand.Kind => TransactionKind.Release;

    TransactionId? ITransactionCommand.RefersTo => Reservation;


    Verdict<ReservationFreed> IPosting<ReservationFreed>.Decide(Transaction transaction, Books books)
    {
        if (books.Original is { Row.Kind: TransactionKind.Voided }) return Refusals.ReservationReversed;
        if (books.Original is not { Row: { Kind: TransactionKind.Reservation, Refused: false } }) return Refusals.UnknownTransaction.ForNow<ReservationFreed>();
        return books.Account.State.Release(transaction, Reservation).Answer((facts, after) => new ReservationFreed(
            transaction.Id.Value, Reservation.Value, after.Id, facts.OfType<ReservationReleased>().Single().Points.Value,
            after.State.Balance(transaction.RecordedAt).Value, after.Version, transaction.Late));
    }
}

/// <param name="TransactionId">The partner's id of the release.</param>
/// <param name="Reservation">The partner's id of the reservation.</param>
/// <param name="Account">The account.</param>
/// <param name="Points">Points that are free again.</param>
/// <param name="Balance">Points that can be spent now.</param>
/// <param name="Version">Version of the account after the release.</param>
/// <param name="Late">Whether it came later than usual.</param>
internal sealed record ReservationFreed(string TransactionId, string Reservation, Guid Account, long Points, long Balance, long Version, bool Late);

internal static class ReleaseReservationEndpoint
{
    private sealed record ReleaseRequest(DateTimeOffset OccurredAt, TransactionId? TransactionId = null);

    public static void MapReleaseReservation(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/reservations/{reservationId}/release", (string reservationId, ReleaseRequest body, HttpContext http) => http.Post<ReleaseReservation, ReservationFreed>(
            new ReleaseReservation(
                http.Partner(), http.RequestId(body.TransactionId), TransactionRequests.InAddress(reservationId), body.OccurredAt.ToUniversalTime())
            {
                MayBackdate = http.MayBackdate(),
            },
            answer => TransactionRequests.Address(answer.TransactionId)))
        .RequireScope("ledger.redeem")
        .WithIdempotencyKey(required: false)
        .WithSummary("Release a reservation")
        .WithDescription("Makes the reserved points spendable again.")
        .Produces<ReservationFreed>(StatusCodes.Status201Created);
}
