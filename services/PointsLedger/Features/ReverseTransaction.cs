using System.Text.Json.Serialization;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Lanes;
using Loyalty.PointsLedger.Storage;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

/// <summary>
/// A till voids a whole transaction, perhaps because it never learned whether it had been posted. When the original has not come yet,
/// the reversal is kept and the late original is refused: either way the original ends up without effect.
/// </summary>
internal sealed record ReverseTransaction(PartnerId Partner, TransactionId TransactionId, TransactionId Original, DateTimeOffset OccurredAt)
    : IPosting<TransactionReversed>, ITransactionCommand
{
    [JsonIgnore]
    public bool MayBackdate { get; init; }

    string ITransactionCommand.Kind => TransactionKind.Reversal;

    TransactionId? ITransactionCommand.RefersTo => Original;


    Verdict<TransactionReversed> IPosting<TransactionReversed>.Decide(Transaction transaction, Books books)
    {
        if (books.Original is not { Row.IsWithoutEffect: false } original) return Keep(alreadyWithoutEffect: books.Original is not null);
        if (original.Row.Account is null) return Refusals.NotReversible;

        var account = books.Account.State;
        Decision<IAccountFact> decision = original.Row.Kind switch
        {
            TransactionKind.Purchase => account.Reverse(transaction, Purchase.From(original.Facts), books.Programme),
            TransactionKind.Redemption or TransactionKind.Capture => account.Reverse(transaction, Redemption.From(original.Facts)),
            TransactionKind.Reservation => account.Release(transaction, Original),
            _ => Refusals.NotReversible,
        };
        return decision.Answer((facts, after) =>
        {
            var (points, debt) = facts[0] switch
            {
                PurchaseReversed e => (e.Taken(), e.Owed()),
                RedemptionReversed e => (e.Points, Points.Zero),
                ReservationReleased e => (e.Points, Points.Zero),
                var other => throw new InvalidOperationException($"A reversal does not begin with {other.GetType().Name}."),
            };
            return new TransactionReversed(
                transaction.Id.Value, Original.Value, "reversed", after.Id, points.Value, debt.Value,
                after.State.Balance(transaction.RecordedAt).Value, after.Version);
        });
    }

    private Verdict<TransactionReversed> Keep(bool alreadyWithoutEffect)
    {
        var kept = new TransactionReversed(TransactionId.Value, Original.Value, "kept", Account: null, Points: 0, Debt: 0, Balance: null, Version: null);
        return new([], _ => kept) { VoidsOriginal = !alreadyWithoutEffect };
    }
}

/// <param name="TransactionId">The partner's id of the reversal.</param>
/// <param name="Original">The partner's id of the transaction that is voided.</param>
/// <param name="Status"><c>reversed</c>, or <c>kept</c> until the original comes and is refused.</param>
/// <param name="Account">The account; null while kept.</param>
/// <param name="Points">Points taken back from the member, given back or set free.</param>
/// <param name="Debt">How many points taken back were already spent and are now owed.</param>
/// <param name="Balance">Points that can be spent now; null while kept.</param>
/// <param name="Version">Version of the account afterwards; null while kept.</param>
internal sealed record TransactionReversed(
    string TransactionId, string Original, string Status, Guid? Account, long Points, long Debt, long? Balance, long? Version);

internal static class ReverseTransactionEndpoint
{
    private sealed record ReversalRequest(DateTimeOffset OccurredAt, TransactionId? TransactionId = null);

    public static void MapReverseTransaction(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/transactions/{id}/reversal", (string id, ReversalRequest body, HttpContext http) => http.Post<ReverseTransaction, TransactionReversed>(
            new ReverseTransaction(http.Partner(), Own(http, body, id), TransactionRequests.InAddress(id), body.OccurredAt.ToUniversalTime())
            {
                MayBackdate = http.MayBackdate(),
            },
            answer => TransactionRequests.Address(answer.TransactionId),
            answer => answer.Account is null ? StatusCodes.Status202Accepted : StatusCodes.Status201Created))
        .RequireScope("ledger.post")
        .WithIdempotencyKey(required: false)
        .WithSummary("Reverse a whole transaction")
        .WithDescription("Voids a purchase, a redemption or an open reservation of yours. When it has not arrived yet, the answer is 202 and the late original will be refused with 409.")
        .Produces<TransactionReversed>(StatusCodes.Status201Created)
        .Produces<TransactionReversed>(StatusCodes.Status202Accepted);

    private static TransactionId Own(HttpContext http, ReversalRequest body, string original)
    {
        var id = http.RequestId(body.TransactionId);
        return string.Equals(id.Value, original, StringComparison.Ordinal)
            ? throw new ProblemException("A reversal needs an id of its own, other than that of the transaction it reverses.")
            : id;
    }
}
