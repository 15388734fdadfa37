using System.Text.Json.Serialization;
using Loyalty.Commands;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Storage;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.PointsLedger.Features;

/// <summary>
/// A till voids a whole transaction, perhaps because it never learned whether it had been posted. When the original has not come yet,
/// the reversal is kept and the late original is refused: either way the original ends up without effect.
/// </summary>
internal sealed record ReverseTransaction(PartnerId Partner, TransactionId TransactionId, TransactionId Original, DateTimeOffset OccurredAt)
    : ICommand<TransactionReversed>, ITransactionCommand
{
    [JsonIgnore]
    public bool MayBackdate { get; init; }
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

internal sealed class ReverseTransactionHandler(AccountSession accounts, TransactionRows transactions, LedgerTime time)
    : IRequestHandler<ReverseTransaction, Outcome<TransactionReversed>>
{
    public async Task<Outcome<TransactionReversed>> Handle(ReverseTransaction command, CancellationToken cancellationToken)
    {
        if (time.Judge(command, out var transaction) is { } outOfTime) return outOfTime.ForNow<TransactionReversed>();
        var original = await transactions.Find(command.Partner, command.Original, cancellationToken);
        if (original is null or { Kind: TransactionKind.Voided }) return Keep(command, alreadyVoided: original is not null);
        if (original.Account is not { } id) return Refusals.NotReversible;

        var account = await accounts.Fetch(id, cancellationToken);
        Decision<IAccountFact> decision = original.Kind switch
        {
            TransactionKind.Purchase => account.State.Reverse(transaction, Purchase.From(await transactions.Facts(original, cancellationToken))),
            TransactionKind.Redemption or TransactionKind.Capture =>
                account.State.Reverse(transaction, Redemption.From(await transactions.Facts(original, cancellationToken))),
            TransactionKind.Reservation => account.State.Release(transaction, original.Id),
            _ => Refusals.NotReversible,
        };
        return accounts.Post(account, decision, transaction, TransactionKind.Reversal, original.Id, (after, facts) =>
        {
            var (points, debt) = facts[0] switch
            {
                PurchaseReversed e => (e.Points, e.Debt),
                RedemptionReversed e => (e.Points, Points.Zero),
                ReservationReleased e => (e.Points, Points.Zero),
                var other => throw new InvalidOperationException($"A reversal does not begin with {other.GetType().Name}."),
            };
            return new TransactionReversed(
                transaction.Id.Value, original.Id.Value, "reversed", after.Id, points.Value, debt.Value,
                after.State.Balance(transaction.RecordedAt).Value, after.Version);
        });
    }

    private TransactionReversed Keep(ReverseTransaction command, bool alreadyVoided)
    {
        if (!alreadyVoided) accounts.Keep(new(command.Partner, command.Original, TransactionKind.Voided));
        accounts.Keep(new(command.Partner, command.TransactionId, TransactionKind.Reversal, Original: command.Original));
        return new TransactionReversed(command.TransactionId.Value, command.Original.Value, "kept", Account: null, Points: 0, Debt: 0, Balance: null, Version: null);
    }
}

internal static class ReverseTransactionEndpoint
{
    private sealed record ReversalRequest(DateTimeOffset OccurredAt, TransactionId? TransactionId = null);

    public static void MapReverseTransaction(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/transactions/{id}/reversal", (string id, ReversalRequest body, HttpContext http) => http.Send(
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
