using Loyalty.CoalitionPartners.Domain;
using Loyalty.Contracts;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Kernel;
using Loyalty.Messaging;
using MassTransit;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>A redemption makes the coalition owe the partner that accepted the points, whoever had issued them.</summary>
internal sealed class OnPointsRedeemed(Inbox inbox, SettlementStreams settlement) : IConsumer<Page<PointsRedeemed>>
{
    public Task Consume(ConsumeContext<Page<PointsRedeemed>> context) => inbox.Once(context, (transaction, fresh) => settlement.Append(
        transaction, fresh, Postings, PostingKind.Acceptance, context.CancellationToken));

    private static IEnumerable<Posting> Postings(Guid id, PointsRedeemed e) =>
        [new(id, new(e.PartnerId), TransactionId.From(e.TransactionId), new(e.Points), e.AgreementVersion, e.OccurredAt)];
}
