using System.Text.Json.Serialization;
using FluentValidation;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Loyalty.PointsLedger.Lanes;
using Loyalty.PointsLedger.Storage;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

/// <summary>Points are set aside for a redemption whose outcome is still open.</summary>
internal sealed record ReservePoints(
    PartnerId Partner, TransactionId TransactionId, string Card, string Store, ExactNumber Points, DateTimeOffset OccurredAt)
    : IPosting<ReservationMade>, ITransactionCommand
{
    /// <summary>The till; null where it doesn't tell.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Terminal { get; init; }

    [JsonIgnore]
    public bool MayBackdate { get; init; }

    string ITransactionCommand.Kind => TransactionKind.Reservation;

    CardAtStore? ITransactionCommand.Presented => new(Card, Store, Terminal);

    Refusal ITransactionCommand.WhenVoided => Refusals.ReservationReversed;


    Verdict<ReservationMade> IPosting<ReservationMade>.Decide(Transaction transaction, Books books)
    {
        var till = books.Till!;
        if (till.Lacks is { } lacking) return lacking.ForNow<ReservationMade>();
        var agreement = till.Terms!.AgreementVersion;
        return books.Account.State.Reserve(transaction, Store, till.CardNumber!, Points.ToPoints(), agreement, till.Rules, books.Programme.ReservationTimeout, Terminal).Answer((facts, after) =>
        {
            var reserved = facts.OfType<PointsReserved>().Single();
            return new ReservationMade(
                transaction.Id.Value, after.Id, reserved.Points.Value, after.State.Balance(transaction.RecordedAt).Value, after.Version, agreement, transaction.Late)
            {
                ReleasesAt = reserved.ReleasesAt,
                Flags = reserved.Limits.Flags(),
            };
        });
    }
}

/// <param name="TransactionId">The partner's id of the reservation, by which it is captured or released.</param>
/// <param name="Account">The account.</param>
/// <param name="Points">Points set aside.</param>
/// <param name="Balance">Points that can be spent now.</param>
/// <param name="Version">Version of the account after the reservation.</param>
/// <param name="AgreementVersion">The partner's agreement that will price the capture.</param>
/// <param name="Late">Whether it came later than usual.</param>
internal sealed record ReservationMade(string TransactionId, Guid Account, long Points, long Balance, long Version, int AgreementVersion, bool Late)
{
    /// <summary>From then on the points are free again, unless they were captured before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ReleasesAt { get; init; }

    /// <summary>Ids of the limits it went beyond, so that somebody will look at it; absent for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Flags { get; init; }
}

internal sealed class ReservePointsRules : AbstractValidator<ReservePoints>
{
    public ReservePointsRules()
    {
        RuleFor(c => c.Card).MustBeCard();
        RuleFor(c => c.Store).MustBeStore();
        RuleFor(c => c.Points).MustBePoints();
        RuleFor(c => c.Terminal).MustBeTerminal();
    }
}

internal static class ReservePointsEndpoint
{
    private sealed record ReservationRequest(string Card, string Store, ExactNumber Points, DateTimeOffset OccurredAt, TransactionId? TransactionId = null,
        string? Terminal = null);

    public static void MapReservePoints(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/reservations", (ReservationRequest body, HttpContext http) =>
                http.PostWithCard<ReservePoints, ReservationMade>(Asked(body, http), answer => TransactionRequests.Address(answer.TransactionId)))
            .RequireScope("ledger.redeem")
            .WithIdempotencyKey(required: false)
            .WithSummary("Reserve points")
            .WithDescription("Sets points aside until you capture or release them, or until releasesAt. Nobody can spend them meanwhile, nor do they expire.")
            .Produces<ReservationMade>(StatusCodes.Status201Created);

        app.MapPost("/v1/reservations/simulate", (ReservationRequest body, HttpContext http) => http.Simulate<ReservePoints, ReservationMade>(Asked(body, http)))
            .RequireScope("ledger.redeem")
            .DescribesDryRun<ReservationMade>("Simulate a reservation", "/v1/reservations");
    }

    private static ReservePoints Asked(ReservationRequest body, HttpContext http) =>
        new(http.Partner(), http.RequestId(body.TransactionId), body.Card, body.Store, body.Points, body.OccurredAt.ToUniversalTime())
        {
            Terminal = body.Terminal,
            MayBackdate = http.MayBackdate(),
        };
}
