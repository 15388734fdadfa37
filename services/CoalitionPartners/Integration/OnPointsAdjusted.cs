using Loyalty.CoalitionPartners.Domain;
using Loyalty.Contracts;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Kernel;
using Loyalty.Messaging;
using MassTransit;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>
/// What operators have granted its issuer owes for like any other points, and what they have taken it owes for no more, those included that
/// the member now is in debt for.
/// </summary>
internal sealed class OnPointsAdjusted(Inbox inbox, SettlementStreams settlement) : IConsumer<Page<PointsAdjusted>>
{
    public Task Consume(ConsumeContext<Page<PointsAdjusted>> context) => inbox.Once(context, async (transaction, fresh) =>
    {
        await settlement.Append(transaction, [.. fresh.Where(e => e.Points > 0)], Postings, PostingKind.Issue, context.CancellationToken);
        await settlement.Append(transaction, [.. fresh.Where(e => e.Points < 0)], Postings, PostingKind.IssueReversal, context.CancellationToken);
    });

    private static IEnumerable<Posting> Postings(Guid id, PointsAdjusted e) =>
        [new(id, new(e.IssuerId), TransactionId.From($"adjustment:{e.AdjustmentId}"), new(Math.Abs(e.Points)), e.AgreementVersion, e.OccurredAt)];
}
