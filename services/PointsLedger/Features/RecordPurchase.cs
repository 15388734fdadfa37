using System.Text.Json.Serialization;
using FluentValidation;
using Loyalty.Commands;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.PointsLedger.Features;

/// <summary>A member has bought something and earns points by the partner's terms at the time of purchase.</summary>
internal sealed record RecordPurchase(
    PartnerId Partner, TransactionId TransactionId, string Card, string Store, ExactNumber Amount, string Currency, DateTimeOffset OccurredAt)
    : ICommand<PurchaseRecorded>, ITransactionCommand
{
    [JsonIgnore]
    public bool MayBackdate { get; init; }
}

/// <param name="TransactionId">The partner's id of the purchase.</param>
/// <param name="Account">The account that earned.</param>
/// <param name="Points">Points earned.</param>
/// <param name="DebtRepaid">How many of them went towards points the member owed.</param>
/// <param name="Balance">Points that can be spent now.</param>
/// <param name="Version">Version of the account after the purchase.</param>
/// <param name="AgreementVersion">The agreement that rated it.</param>
/// <param name="Late">Whether it came later than usual.</param>
internal sealed record PurchaseRecorded(
    string TransactionId, Guid Account, long Points, long DebtRepaid, long Balance, long Version, int AgreementVersion, bool Late);

internal sealed class RecordPurchaseRules : AbstractValidator<RecordPurchase>
{
    public RecordPurchaseRules()
    {
        RuleFor(c => c.Card).MustBeCard();
        RuleFor(c => c.Store).MustBeStore();
        RuleFor(c => c.Currency).MustBeCurrency();
        RuleFor(c => c.Amount).MustBeMoney(c => c.Currency, allowZero: true);
    }
}

internal sealed class RecordPurchaseHandler(AccountSession accounts, TillView tills, LedgerTime time) : IRequestHandler<RecordPurchase, Outcome<PurchaseRecorded>>
{
    public async Task<Outcome<PurchaseRecorded>> Handle(RecordPurchase command, CancellationToken cancellationToken)
    {
        if (time.Judge(command, out var transaction) is { } outOfTime) return outOfTime.ForNow<PurchaseRecorded>();
        var till = await tills.Find(command.Partner, command.TransactionId, command.Card, command.Store, command.OccurredAt, cancellationToken);
        if (till.Voided) return Refusals.PurchaseReversed;
        if (till.Lacks is { } lacking) return lacking.ForNow<PurchaseRecorded>();

        var account = await accounts.Fetch(till.Account!.Value, cancellationToken);
        var amount = command.Amount.ToMoney(Currency.From(command.Currency));
        var decision = account.State.Accrue(transaction, command.Store, till.CardNumber!, amount, till.Terms!);
        return accounts.Post(account, decision, transaction, TransactionKind.Purchase, original: null, (after, facts) => new PurchaseRecorded(
            transaction.Id.Value, after.Id, facts.OfType<PointsAccrued>().Single().Points.Value, facts.OfType<DebtRepaid>().Sum(f => f.Points).Value,
            after.State.Balance(transaction.RecordedAt).Value, after.Version, till.Terms!.AgreementVersion, transaction.Late));
    }
}

internal static class RecordPurchaseEndpoint
{
    private sealed record PurchaseRequest(
        string Card, string Store, ExactNumber Amount, string Currency, DateTimeOffset OccurredAt, TransactionId? TransactionId = null);

    public static void MapRecordPurchase(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/purchases", (PurchaseRequest body, HttpContext http) => http.SendWithCard(
            new RecordPurchase(
                http.Partner(), http.RequestId(body.TransactionId), body.Card, body.Store, body.Amount, body.Currency, body.OccurredAt.ToUniversalTime())
            {
                MayBackdate = http.MayBackdate(),
            },
            answer => TransactionRequests.Address(answer.TransactionId)))
        .RequireScope("ledger.post")
        .WithIdempotencyKey(required: false)
        .WithSummary("Record a purchase")
        .WithDescription("Accrues points by your agreement in force at the time of purchase. Repeat it with the same transactionId until you have an answer: it takes effect once.")
        .Produces<PurchaseRecorded>(StatusCodes.Status201Created);
}
