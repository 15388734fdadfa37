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
    public Task Consume(ConsumeContext<Page<PointsAdjusted>> context) => inbox.Once(context, (transaction, fresh) => settlement.Append(
        transaction, fresh, Postings, context.CancellationToken));

    private static IEnumerable<ToldPosting> Postings(Guid id, PointsAdjusted e) =>
    [
        new(e.Points > 0 ? Movement.Issued : Movement.IssueReversed,
            new(id, new(e.IssuerId), TransactionId.From($"adjustment:{e.AdjustmentId}"), new(Math.Abs(e.Points)), e.AgreementVersion, e.OccurredAt)),
    ];
}
