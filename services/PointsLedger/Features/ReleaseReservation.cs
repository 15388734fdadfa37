using System.Text.Json.Serialization;
using Loyalty.Commands;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Storage;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.PointsLedger.Features;

/// <summary>Reserved points are free again.</summary>
internal sealed record ReleaseReservation(PartnerId Partner, TransactionId TransactionId, TransactionId Reservation, DateTimeOffset OccurredAt)
    : ICommand<ReservationFreed>, ITransactionCommand
{
    [JsonIgnore]
    public bool MayBackdate { get; init; }
}

/// <param name="TransactionId">The partner's id of the release.</param>
/// <param name="Reservation">The partner's id of the reservation.</param>
/// <param name="Account">The account.</param>
/// <param name="Points">Points that are free again.</param>
/// <param name="Balance">Points that can be spent now.</param>
/// <param name="Version">Version of the account after the release.</param>
/// <param name="Late">Whether it came later than usual.</param>
internal sealed record ReservationFreed(string TransactionId, string Reservation, Guid Account, long Points, long Balance, long Version, bool Late);

internal sealed class ReleaseReservationHandler(AccountSession accounts, TransactionRows transactions, LedgerTime time)
    : IRequestHandler<ReleaseReservation, Outcome<ReservationFreed>>
{
    public async Task<Outcome<ReservationFreed>> Handle(ReleaseReservation command, CancellationToken cancellationToken)
    {
        if (time.Judge(command, out var transaction) is { } outOfTime) return outOfTime.ForNow<ReservationFreed>();
        var original = await transactions.Find(command.Partner, command.Reservation, cancellationToken);
        if (original is { Kind: TransactionKind.Voided }) return Refusals.ReservationReversed;
        if (original is not { Kind: TransactionKind.Reservation }) return Refusals.UnknownTransaction.ForNow<ReservationFreed>();

        var account = await accounts.Fetch(original.Account!.Value, cancellationToken);
        var decision = account.State.Release(transaction, original.Id);
        return accounts.Post(account, decision, transaction, TransactionKind.Release, original.Id, (after, facts) => new ReservationFreed(
            transaction.Id.Value, original.Id.Value, after.Id, facts.OfType<ReservationReleased>().Single().Points.Value,
            after.State.Balance(transaction.RecordedAt).Value, after.Version, transaction.Late));
    }
}

internal static class ReleaseReservationEndpoint
{
    private sealed record ReleaseRequest(DateTimeOffset OccurredAt, TransactionId? TransactionId = null);

    public static void MapReleaseReservation(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/reservations/{reservationId}/release", (string reservationId, ReleaseRequest body, HttpContext http) => http.Send(
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
