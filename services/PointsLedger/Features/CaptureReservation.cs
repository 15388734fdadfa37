using System.Text.Json.Serialization;
using FluentValidation;
using Loyalty.Commands;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Storage;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.PointsLedger.Features;

/// <summary>Reserved points are spent, all or some; what is left over is free again.</summary>
internal sealed record CaptureReservation(
    PartnerId Partner, TransactionId TransactionId, TransactionId Reservation, ExactNumber? Points, DateTimeOffset OccurredAt)
    : ICommand<ReservationCaptured>, ITransactionCommand
{
    [JsonIgnore]
    public bool MayBackdate { get; init; }
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

internal sealed class CaptureReservationHandler(AccountSession accounts, TransactionRows transactions, LedgerTime time)
    : IRequestHandler<CaptureReservation, Outcome<ReservationCaptured>>
{
    public async Task<Outcome<ReservationCaptured>> Handle(CaptureReservation command, CancellationToken cancellationToken)
    {
        if (time.Judge(command, out var transaction) is { } outOfTime) return outOfTime.ForNow<ReservationCaptured>();
        var original = await transactions.Find(command.Partner, command.Reservation, cancellationToken);
        if (original is { Kind: TransactionKind.Voided }) return Refusals.ReservationReversed;
        if (original is not { Kind: TransactionKind.Reservation }) return Refusals.UnknownTransaction.ForNow<ReservationCaptured>();

        var account = await accounts.Fetch(original.Account!.Value, cancellationToken);
        var decision = account.State.Capture(transaction, original.Id, command.Points?.ToPoints());
        return accounts.Post(account, decision, transaction, TransactionKind.Capture, original.Id, (after, facts) =>
        {
            var redeemed = facts.OfType<PointsRedeemed>().Single();
            return new ReservationCaptured(
                transaction.Id.Value, original.Id.Value, after.Id, redeemed.Points.Value, facts.OfType<ReservationReleased>().Sum(f => f.Points).Value,
                SpentLot.Of(redeemed.Draws), after.State.Balance(transaction.RecordedAt).Value, after.Version, redeemed.AgreementVersion, transaction.Late);
        });
    }
}

internal static class CaptureReservationEndpoint
{
    private sealed record CaptureRequest(DateTimeOffset OccurredAt, ExactNumber? Points = null, TransactionId? TransactionId = null);

    public static void MapCaptureReservation(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/reservations/{reservationId}/capture", (string reservationId, CaptureRequest body, HttpContext http) => http.Send(
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
