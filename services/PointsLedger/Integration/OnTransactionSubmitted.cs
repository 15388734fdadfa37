using FluentValidation;
using Loyalty.Commands;
using Loyalty.Contracts;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.Messaging;
using Loyalty.PointsLedger.Features;
using Loyalty.PointsLedger.Lanes;
using Loyalty.PointsLedger.Storage;
using MassTransit;
using ValidationResult = FluentValidation.Results.ValidationResult;

namespace Loyalty.PointsLedger.Integration;

/// <summary>
/// Posts transactions that partners have sent in batches, through the lanes that tills post through. A lane commits by itself, before
/// the inbox does; should the inbox's own commit fail, the same page comes again and finds its transactions recorded.
/// <para>
/// A line of a batch is answered whatever becomes of it, before the inbox commits: at least once. Of what belongs to no batch, what can't be
/// decided yet (a card nobody has told of) or at all (no amount) goes to the error queue, where it is seen and whence it can be sent again.
/// </para>
/// </summary>
internal sealed class OnTransactionSubmitted(
    Inbox inbox, PageSender sender, PostingLanes lanes, LinesInHand hand,
    IValidator<RecordPurchase> purchases, IValidator<RedeemPoints> redemptions, IValidator<ReturnPurchase> returns)
    : IConsumer<Contracts.Page<TransactionSubmitted>>
{
    public Task Consume(ConsumeContext<Contracts.Page<TransactionSubmitted>> context) =>
        inbox.Once(context, (transaction, submitted) => Post(transaction, submitted, context.CancellationToken));

    private async Task Post(InboxTransaction inbox, IReadOnlyList<TransactionSubmitted> submitted, CancellationToken ct)
    {
        var lines = submitted.Where(s => s is { BatchId: not null, Line: not null }).ToList();
        var page = new SubmittedPage(await hand.Take(lines, ct), new PostingSeries());
        var underWay = new List<Task<TransactionAnswered?>>();
        try
        {
            foreach (var one in submitted) underWay.Add(await Post(one, inbox.OriginOf(one) with { CausedBy = one.SubmittedBy }, page, ct));
        }
        finally
        {
            await Task.WhenAll(underWay);
        }

        var answers = submitted.Zip(await Task.WhenAll(underWay)).Where(a => a.Second is not null)
            .Select(a => new Told<TransactionAnswered>(NamedGuid.From(inbox.EventIdOf(a.First), "answer"), a.Second!, inbox.OriginOf(a.First).TraceParent));
        await sender.Send([.. answers], ct);
        await LinesInHand.PutAway(inbox, lines, ct);
    }

    private async Task<Task<TransactionAnswered?>> Post(TransactionSubmitted submitted, Origin origin, SubmittedPage page, CancellationToken ct)
    {
        try
        {
            return await Admit(submitted, origin, page, ct);
        }
        catch (UnpostableException e) when (submitted.BatchId is not null)
        {
            return Task.FromResult<TransactionAnswered?>(submitted.Refused(e.Code, e.Reason));
        }
    }

    private Task<Task<TransactionAnswered?>> Admit(TransactionSubmitted submitted, Origin origin, SubmittedPage page, CancellationToken ct)
    {
        var line = submitted.ToLine();
        var partner = new PartnerId(submitted.PartnerId);
        switch (line.Type)
        {
            case TransactionLine.PurchaseType:
                var purchase = line.ToPurchase(partner, submitted.MayBackdate);
                return Admit(purchase, purchases.Validate(purchase), a => (a.Points, a.Balance), submitted, origin, page, ct);
            case TransactionLine.RedemptionType:
                var redemption = line.ToRedemption(partner, submitted.MayBackdate);
                return Admit(redemption, redemptions.Validate(redemption), a => (-a.Points, a.Balance), submitted, origin, page, ct);
            default:
                var back = line.ToReturn(partner, submitted.MayBackdate);
                return Admit(back, returns.Validate(back), a => (-a.Points, a.Balance), submitted, origin, page, ct);
        }
    }

    private async Task<Task<TransactionAnswered?>> Admit<TAnswer>(
        IPosting<TAnswer> command, ValidationResult rules, Func<TAnswer, (long Points, long Balance)> figures, TransactionSubmitted submitted, Origin origin,
        SubmittedPage page, CancellationToken ct)
    {
        if (!rules.IsValid) throw UnpostableException.Of(submitted, "invalid-request", rules.Errors[0].ErrorMessage);
        return Decided(await lanes.Submit(command, origin, page.Series, ct), figures, submitted, page);
    }

    private static async Task<TransactionAnswered?> Decided<TAnswer>(
        Admitted<TAnswer> posted, Func<TAnswer, (long Points, long Balance)> figures, TransactionSubmitted submitted, SubmittedPage page) => await posted.Outcome switch
    {
        Outcome<TAnswer>.Refused { Remember: false, Refusal: var refusal } when submitted.BatchId is null =>
            throw UnpostableException.Of(submitted, refusal.Code, refusal.Detail),
        _ when submitted.BatchId is null => null,
        Outcome<TAnswer>.Accepted { Answer: var answer } => submitted.Posted(before: posted.IsReplay && !page.Holds(submitted), figures(answer)),
        Outcome<TAnswer>.Refused { Refusal: var refusal } => submitted.Refused(refusal.Code, refusal.Detail),
        _ => throw new InvalidOperationException("What passed its rules is accepted or refused."),
    };

    // What the transactions of one page have in common.
    private sealed record SubmittedPage(IReadOnlySet<(Guid Batch, int Line)> InHand, PostingSeries Series)
    {
        public bool Holds(TransactionSubmitted line) => InHand.Contains((line.BatchId!.Value, line.Line ?? 0));
    }
}
