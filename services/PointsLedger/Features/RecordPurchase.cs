using System.Text.Json.Serialization;
using FluentValidation;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Lanes;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

/// <summary>A member has bought something and earns points by the partner's terms at the time of purchase.</summary>
internal sealed record RecordPurchase(
    PartnerId Partner, TransactionId TransactionId, string Card, string Store, ExactNumber Amount, string Currency, DateTimeOffset OccurredAt)
    : IPosting<PurchaseRecorded>, ITransactionCommand
{
    /// <summary>What else the till tells; null where it tells no more than the sum.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReceiptDetails? Receipt { get; init; }

    [JsonIgnore]
    public bool MayBackdate { get; init; }

    string ITransactionCommand.Kind => TransactionKind.Purchase;

    CardAtStore? ITransactionCommand.Presented => new(Card, Store, Receipt?.Terminal);

    Refusal ITransactionCommand.WhenVoided => Refusals.PurchaseReversed;

    PurchaseRecorded IPosting<PurchaseRecorded>.Keep(PurchaseRecorded answer) => answer with { Explained = null };

    // Answers of old were kept with their explanation.
    PurchaseRecorded IPosting<PurchaseRecorded>.Restore(PurchaseRecorded kept, IAccountFact fact) =>
        fact is PointsAccrued accrued ? kept with { Explained = kept.Explained ?? Explanation.ToTill(accrued) } : kept;

    Verdict<PurchaseRecorded> IPosting<PurchaseRecorded>.Decide(Transaction transaction, Books books)
    {
        var till = books.Till!;
        if (till.Lacks is { } lacking) return lacking.ForNow<PurchaseRecorded>();
        var amount = Amount.ToMoney(Kernel.Currency.From(Currency));
        return books.Account.State.Accrue(transaction, Store, till.CardNumber!, amount, till.Terms!, Receipt?.In(amount.Currency), till.Rules).Answer((facts, after) =>
        {
            var accrued = facts.OfType<PointsAccrued>().Single();
            return new PurchaseRecorded(
                transaction.Id.Value, after.Id, accrued.Earned().Value, facts.OfType<DebtRepaid>().Sum(f => f.Points).Value,
                after.State.Balance(transaction.RecordedAt).Value, after.Version, till.Terms!.AgreementVersion, transaction.Late)
            {
                Explained = Explanation.ToTill(accrued),
                Pending = after.State.Pending(transaction.RecordedAt).Value,
                Tier = after.State.Tier?.Id,
                Goal = GoalProgress.Of(after.State, transaction.RecordedAt),
                Celebrates = till.Rules.Celebrates(transaction.OccurredAt),
            };
        });
    }
}

/// <param name="TransactionId">The partner's id of the purchase.</param>
/// <param name="Account">The account that earned.</param>
/// <param name="Points">Points earned in all.</param>
/// <param name="DebtRepaid">How many of them went towards points the member owed.</param>
/// <param name="Balance">Points that can be spent now.</param>
/// <param name="Version">Version of the account after the purchase.</param>
/// <param name="AgreementVersion">The agreement that rated it.</param>
/// <param name="Late">Whether it came later than usual.</param>
internal sealed record PurchaseRecorded(
    string TransactionId, Guid Account, long Points, long DebtRepaid, long Balance, long Version, int AgreementVersion, bool Late)
{
    /// <summary>Which rule gave what, and why others gave nothing; absent where there is nothing but the agreement.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Explanation? Explained { get; init; }

    /// <summary>Points of the member that can't be spent yet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Pending { get; init; }

    /// <summary>The member's tier after the purchase; absent for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Tier { get; init; }

    /// <summary>Whether the member celebrates these days, so that the till may greet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Celebrates { get; init; }

    /// <summary>The reward the member saves for; absent for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GoalProgress? Goal { get; init; }
}

internal sealed class RecordPurchaseRules : AbstractValidator<RecordPurchase>
{
    public RecordPurchaseRules()
    {
        RuleFor(c => c.Card).MustBeCard();
        RuleFor(c => c.Store).MustBeStore();
        RuleFor(c => c.Currency).MustBeCurrency();
        RuleFor(c => c.Amount).MustBeMoney(c => c.Currency, allowZero: true);
        RuleFor(c => c.Receipt!).SetValidator(command => new ReceiptRules(command.Amount, command.Currency)).When(c => c.Receipt is not null);
    }
}

internal static class RecordPurchaseEndpoint
{
    private sealed record PurchaseRequest(
        string Card, string Store, ExactNumber Amount, string Currency, DateTimeOffset OccurredAt, TransactionId? TransactionId = null,
        IReadOnlyList<PurchaseLine>? Lines = null, string? Tender = null, string? Terminal = null, IReadOnlyList<string>? PromoCodes = null);

    public static void MapRecordPurchase(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/purchases", (PurchaseRequest body, HttpContext http) =>
                http.PostWithCard<RecordPurchase, PurchaseRecorded>(Asked(body, http), answer => TransactionRequests.Address(answer.TransactionId)))
            .RequireScope("ledger.post")
            .WithIdempotencyKey(required: false)
            .WithSummary("Record a purchase")
            .WithDescription("Accrues points by your agreement and the offers in force at the time of purchase, and says which rule gave what. Repeat it with the same transactionId until you have an answer: it takes effect once.")
            .Produces<PurchaseRecorded>(StatusCodes.Status201Created);

        app.MapPost("/v1/purchases/simulate", (PurchaseRequest body, HttpContext http) => http.Simulate<RecordPurchase, PurchaseRecorded>(Asked(body, http)))
            .RequireScope("ledger.post")
            .DescribesDryRun<PurchaseRecorded>("Simulate a purchase", "/v1/purchases");
    }

    private static RecordPurchase Asked(PurchaseRequest body, HttpContext http) => new(
        http.Partner(), http.RequestId(body.TransactionId), body.Card, body.Store, body.Amount, body.Currency, body.OccurredAt.ToUniversalTime())
    {
        Receipt = ReceiptDetails.Of(body.Lines, body.Tender, body.Terminal, body.PromoCodes),
        MayBackdate = http.MayBackdate(),
    };
}
