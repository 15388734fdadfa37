using System.Text.Json.Serialization;
using FluentValidation;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Lanes;
using Loyalty.PointsLedger.Storage;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

/// <summary>Reserved points are spent, all or some; what is left over is free again.</summary>
internal sealed record CaptureReservation(
    PartnerId Partner, TransactionId TransactionId, TransactionId Reservation, ExactNumber? Points, DateTimeOffset OccurredAt)
    : IPosting<ReservationCaptured>, ITransactionCommand
{
    [JsonIgnore]
    public bool MayBackdate { get; init; }

    string ITransactionCommand.Kind => TransactionKind.Capture;

    TransactionId? ITransactionCommand.RefersTo => Reservation;


    Verdict<ReservationCaptured> IPosting<ReservationCaptured>.Decide(Transaction transaction, Books books)
    {
        if (books.Original is { Row.Kind: TransactionKind.Voided }) return Refusals.ReservationReversed;
        if (books.Original is not { Row: { Kind: TransactionKind.Reservation, Refused: false } }) return Refusals.UnknownTransaction.ForNow<ReservationCaptured>();
        return books.Account.State.Capture(transaction, Reservation, Points?.ToPoints(), books.Programme).Answer((facts, after) =>
        {
            var redeemed = facts.OfType<PointsRedeemed>().Single();
            return new ReservationCaptured(
                transaction.Id.Value, Reservation.Value, after.Id, redeemed.Points.Value, facts.OfType<ReservationReleased>().Sum(f => f.Points).Value,
                SpentLot.Of(redeemed.Draws), after.State.Balance(transaction.RecordedAt).Value, after.Version, redeemed.AgreementVersion, transaction.Late);
        });
    }
}

/// <param name="TransactionId">The partner's id of the capture.</param>
/// <param name="Reservation">The partner's id of the reservation.</param>
/// <param name="Account">The account.</param>
/// <param name="Points">Points spent.</param>
/// <param name="Released">Points of the reservation that are free again.</param>
/// <param name="Draws">Whose points were spent.</param>
/// <param name="Balance">Points that can be spent now.</param>
/// <param name="Version">Version of the account after the capture.</param>
/// <param name="AgreementVersion">The partner's agreement that prices it.</param>
/// <param name="Late">Whether it came later than usual.</param>
internal sealed record ReservationCaptured(
    string TransactionId, string Reservation, Guid Account, long Points, long Released, IReadOnlyList<SpentLot> Draws, long Balance, long Version,
    int AgreementVersion, bool Late);

internal sealed class CaptureReservationRules : AbstractValidator<CaptureReservation>
{
    public CaptureReservationRules() => RuleFor(c => c.Points).MustBePointsIfPresent();
}

internal static class CaptureReservationEndpoint
{
    private sealed record CaptureRequest(DateTimeOffset OccurredAt, ExactNumber? Points = null, TransactionId? TransactionId = null);

    public static void MapCaptureReservation(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/reservations/{reservationId}/capture", (string reservationId, CaptureRequest body, HttpContext http) => http.Post<CaptureReservation, ReservationCaptured>(
            new CaptureReservation(
                http.Partner(), http.RequestId(body.TransactionId), TransactionRequests.InAddress(reservationId), body.Points, body.OccurredAt.ToUniversalTime())
            {
                MayBackdate = http.MayBackdate(),
            },
            answer => TransactionRequests.Address(answer.TransactionId)))
        .RequireScope("ledger.redeem")
        .WithIdempotencyKey(required: false)
        .WithSummary("Capture a reservation")
        .WithDescription("Spends the reserved points, or as many of them as you say; the rest is released.")
        .Produces<ReservationCaptured>(StatusCodes.Status201Created);
}
