using FluentValidation;
using Loyalty.Commands;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.Messaging;
using Loyalty.PointsLedger.Features;
using Loyalty.PointsLedger.Lanes;
using Loyalty.ServiceDefaults;
using MassTransit;
using ValidationResult = FluentValidation.Results.ValidationResult;

namespace Loyalty.PointsLedger.Integration;

/// <summary>
/// Posts transactions that partners have sent in batches, through the lanes that tills post through. A lane commits by itself, before
/// the inbox does; should the inbox's own commit fail, the same page comes again and finds its transactions recorded.
/// <para>
/// A decision, also a refusal for good, ends a transaction. What can't be decided yet (a card nobody has told of) or at all (a line
/// without an amount) goes to the error queue, where it is seen and whence it can be sent again.
/// </para>
/// </summary>
internal sealed class OnTransactionSubmitted(
    Inbox inbox, PostingLanes lanes, IValidator<RecordPurchase> purchases, IValidator<RedeemPoints> redemptions, IValidator<ReturnPurchase> returns)
    : IConsumer<Contracts.Page<TransactionSubmitted>>
{
    public Task Consume(ConsumeContext<Contracts.Page<TransactionSubmitted>> context) =>
        inbox.Once(context, (transaction, submitted) => Post(transaction, submitted, context.CancellationToken));

    private async Task Post(InboxTransaction inbox, IReadOnlyList<TransactionSubmitted> submitted, CancellationToken ct)
    {
        var (underWay, series) = (new List<Task>(), new PostingSeries());
        try
        {
            foreach (var one in submitted) underWay.Add(await Post(one, inbox.OriginOf(one) with { CausedBy = one.SubmittedBy }, series, ct));
        }
        finally
        {
            await Task.WhenAll(underWay);
        }
    }

    private Task<Task> Post(TransactionSubmitted submitted, Origin origin, PostingSeries series, CancellationToken ct)
    {
        var line = Read(submitted);
        var partner = new PartnerId(submitted.PartnerId);
        switch (line.Type)
        {
            case TransactionLine.PurchaseType:
                var purchase = line.ToPurchase(partner, submitted.MayBackdate);
                return Post(purchase, purchases.Validate(purchase), origin, series, ct);
            case TransactionLine.RedemptionType:
                var redemption = line.ToRedemption(partner, submitted.MayBackdate);
                return Post(redemption, redemptions.Validate(redemption), origin, series, ct);
            default:
                var back = line.ToReturn(partner, submitted.MayBackdate);
                return Post(back, returns.Validate(back), origin, series, ct);
        }
    }

    private async Task<Task> Post<TAnswer>(IPosting<TAnswer> command, ValidationResult rules, Origin origin, PostingSeries series, CancellationToken ct) => rules.IsValid
        ? Decided(command, await lanes.PostInOrder(command, origin, series, ct))
        : throw new UnpostableException($"Transaction {command.TransactionId}: {rules.Errors[0].ErrorMessage}");

    private static async Task Decided<TAnswer>(IPosting<TAnswer> command, Task<Outcome<TAnswer>> posted)
    {
        if (await posted is Outcome<TAnswer>.Refused { Remember: false, Refusal: var refusal })
            throw new UnpostableException($"Transaction {command.TransactionId}: {refusal.Code}. {refusal.Detail}");
    }

    private static TransactionLine Read(TransactionSubmitted e)
    {
        if (!TransactionId.IsValid(e.TransactionId) || (e.Purchase is not null && !TransactionId.IsValid(e.Purchase)))
            throw new UnpostableException($"A transaction of {e.PartnerId} has an id that no transaction can have.");
        var line = new TransactionLine(
            e.Kind, TransactionId.From(e.TransactionId), e.OccurredAt, e.Card, e.Store, Amount(e), e.Currency,
            e.Points is { } points ? ExactNumber.From(points) : null, e.Purchase is { } purchase ? TransactionId.From(purchase) : null);
        return line.Fault() is { } fault ? throw new UnpostableException($"Transaction {e.TransactionId}: {fault.Detail}") : line;
    }

    private static ExactNumber? Amount(TransactionSubmitted e) => e.AmountMinor is not { } minor
        ? null
        : ExactNumber.From(Currency.TryFrom(e.Currency, out var currency) ? new Money(minor, currency).Amount : minor);
}

/// <summary>A submitted transaction can't be posted as it stands.</summary>
internal sealed class UnpostableException : Exception
{
    public UnpostableException()
    {
    }

    public UnpostableException(string message) : base(message)
    {
    }

    public UnpostableException(string message, Exception inner) : base(message, inner)
    {
    }
}
