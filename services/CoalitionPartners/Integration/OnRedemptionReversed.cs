using Loyalty.CoalitionPartners.Domain;
using Loyalty.Contracts;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Kernel;
using Loyalty.Messaging;
using MassTransit;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>A redemption that was undone is not owed to the partner any more, nor by those who had issued its points.</summary>
internal sealed class OnRedemptionReversed(Inbox inbox, SettlementStreams settlement) : IConsumer<Page<RedemptionReversed>>
{
    public Task Consume(ConsumeContext<Page<RedemptionReversed>> context) => inbox.Once(context, (transaction, fresh) => settlement.Append(
        transaction, fresh, Postings, context.CancellationToken));

    private static IEnumerable<ToldPosting> Postings(Guid id, RedemptionReversed e) =>
    [
        new(Movement.AcceptanceReversed, new(id, new(e.PartnerId), TransactionId.From(e.TransactionId), new(e.Points), e.AgreementVersion, e.OccurredAt), e.Store),
        .. e.Draws.ByIssuer().Select(part => new ToldPosting(
            Movement.RedemptionReversed, new(id, new(part.Issuer), TransactionId.From(e.TransactionId), new(part.Points), part.AgreementVersion, e.OccurredAt))),
    ];
}
