using System.Collections.Immutable;
using System.Text.Json.Serialization;
using FluentValidation;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Lanes;
using Loyalty.PointsLedger.Storage;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

/// <summary>A member brings something back: exactly what the returned part had earned is taken back.</summary>
internal sealed record ReturnPurchase(
    PartnerId Partner, TransactionId TransactionId, TransactionId Purchase, ExactNumber Amount, string Currency, DateTimeOffset OccurredAt)
    : IPosting<PurchaseReturned>, ITransactionCommand
{
    /// <summary>Which lines of the receipt come back; null where only the amount is told.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LineBack>? Lines { get; init; }

    [JsonIgnore]
    public bool MayBackdate { get; init; }

    string ITransactionCommand.Kind => TransactionKind.Return;

    TransactionId? ITransactionCommand.RefersTo => Purchase;


    Verdict<PurchaseReturned> IPosting<PurchaseReturned>.Decide(Transaction transaction, Books books)
    {
        if (books.Original is { Row.Kind: TransactionKind.Voided }) return Refusals.PurchaseReversed;
        if (books.Original is not { Row: { Kind: TransactionKind.Purchase, Refused: false } } original) return Refusals.UnknownTransaction.ForNow<PurchaseReturned>();
        var amount = Amount.ToMoney(Kernel.Currency.From(Currency));
        var lines = Lines?.Select(l => new ReturnedLine(l.Line, l.Amount.ToMoney(amount.Currency))).ToImmutableArray();
        return books.Account.State.Return(transaction, Domain.Purchase.From(original.Facts), amount, lines, books.Programme).Answer((facts, after) =>
        {
            var reversed = facts.OfType<PurchaseReversed>().Single();
            return new PurchaseReturned(
                transaction.Id.Value, Purchase.Value, after.Id, reversed.Taken().Value, reversed.Owed().Value,
                after.State.Balance(transaction.RecordedAt).Value, after.Version, transaction.Late)
            {
                Forgiven = reversed.Forgiven.Value,
            };
        });
    }
}

/// <param name="TransactionId">The partner's id of the return.</param>
/// <param name="Purchase">The partner's id of the purchase.</param>
/// <param name="Account">The account.</param>
/// <param name="Points">Points taken back in all.</param>
/// <param name="Debt">How many of them were already spent and are now owed by the member.</param>
/// <param name="Balance">Points that can be spent now.</param>
/// <param name="Version">Version of the account after the return.</param>
/// <param name="Late">Whether it came later than usual.</param>
internal sealed record PurchaseReturned(
    string TransactionId, string Purchase, Guid Account, long Points, long Debt, long Balance, long Version, bool Late)
{
    /// <summary>Points, beside those taken back, that were already spent and that by the programme nobody owes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Forgiven { get; init; }
}

/// <param name="Line">Which line of the receipt, counted from 0.</param>
/// <param name="Amount">How much of it comes back.</param>
internal sealed record LineBack(int Line, ExactNumber Amount);

internal sealed class ReturnPurchaseRules : AbstractValidator<ReturnPurchase>
{
    public ReturnPurchaseRules()
    {
        RuleFor(c => c.Currency).MustBeCurrency();
        RuleFor(c => c.Amount).MustBeMoney(c => c.Currency);
        RuleFor(c => c.Lines).Must(lines => lines is null or { Count: >= 1 and <= 500 }).OverridePropertyName("lines")
            .WithMessage("Name 1 to 500 lines, or leave the lines out where only the amount is known.");
        RuleForEach(c => c.Lines!).SetValidator(command => new LineBackRules(command.Currency)).OverridePropertyName("lines");
    }

    private sealed class LineBackRules : AbstractValidator<LineBack>
    {
        public LineBackRules(string currency) => RuleFor(l => l.Amount).MustBeMoney(_ => currency, allowZero: true);
    }
}

internal static class ReturnPurchaseEndpoint
{
    private sealed record ReturnRequest(ExactNumber Amount, string Currency, DateTimeOffset OccurredAt, TransactionId? TransactionId = null, IReadOnlyList<LineBack>? Lines = null);

    public static void MapReturnPurchase(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/purchases/{purchaseId}/returns", (string purchaseId, ReturnRequest body, HttpContext http) =>
                http.Post<ReturnPurchase, PurchaseReturned>(Asked(purchaseId, body, http), answer => TransactionRequests.Address(answer.TransactionId)))
            .RequireScope("ledger.post")
            .WithIdempotencyKey(required: false)
            .WithSummary("Return a purchase, in part or in full")
            .WithDescription("Takes back the points of the returned amount from exactly that purchase, by line or by amount; points already spent become debt, which the next accruals repay, unless the programme says otherwise.")
            .Produces<PurchaseReturned>(StatusCodes.Status201Created);

        app.MapPost("/v1/purchases/{purchaseId}/returns/simulate", (string purchaseId, ReturnRequest body, HttpContext http) =>
                http.Simulate<ReturnPurchase, PurchaseReturned>(Asked(purchaseId, body, http)))
            .RequireScope("ledger.post")
            .DescribesDryRun<PurchaseReturned>("Simulate a return", "/v1/purchases/{purchaseId}/returns");
    }

    private static ReturnPurchase Asked(string purchaseId, ReturnRequest body, HttpContext http) => new(
        http.Partner(), http.RequestId(body.TransactionId), TransactionRequests.InAddress(purchaseId), body.Amount, body.Currency, body.OccurredAt.ToUniversalTime())
    {
        Lines = body.Lines,
        MayBackdate = http.MayBackdate(),
    };
}
