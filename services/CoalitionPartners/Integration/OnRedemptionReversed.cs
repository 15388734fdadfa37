using Loyalty.CoalitionPartners.Domain;
using Loyalty.Contracts;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Kernel;
using Loyalty.Messaging;
using MassTransit;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>A redemption that was undone is not owed to the partner any more.</summary>
internal sealed class OnRedemptionReversed(Inbox inbox, SettlementStreams settlement) : IConsumer<Page<RedemptionReversed>>
{
    public Task Consume(ConsumeContext<Page<RedemptionReversed>> context) => inbox.Once(context, (transaction, fresh) => settlement.Append(
        transaction, fresh, Postings, PostingKind.AcceptanceReversal, context.CancellationToken));

    private static IEnumerable<Posting> Postings(Guid id, RedemptionReversed e) =>
        [new(id, new(e.PartnerId), TransactionId.From(e.TransactionId), new(e.Points), e.AgreementVersion, e.OccurredAt)];
}
