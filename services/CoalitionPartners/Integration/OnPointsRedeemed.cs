using Loyalty.CoalitionPartners.Domain;
using Loyalty.Contracts;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Kernel;
using Loyalty.Messaging;
using MassTransit;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>A redemption makes the coalition owe the partner that accepted the points, and their issuers owe what of their price was left for now.</summary>
internal sealed class OnPointsRedeemed(Inbox inbox, SettlementStreams settlement) : IConsumer<Page<PointsRedeemed>>
{
    public Task Consume(ConsumeContext<Page<PointsRedeemed>> context) => inbox.Once(context, (transaction, fresh) => settlement.Append(
        transaction, fresh, Postings, context.CancellationToken));

    private static IEnumerable<ToldPosting> Postings(Guid id, PointsRedeemed e) =>
    [
        new(Movement.Accepted, new(id, new(e.PartnerId), TransactionId.From(e.TransactionId), new(e.Points), e.AgreementVersion, e.OccurredAt), e.Store),
        .. e.Draws.ByIssuer().Select(part => new ToldPosting(
            Movement.Redeemed, new(id, new(part.Issuer), TransactionId.From(e.TransactionId), new(part.Points), part.AgreementVersion, e.OccurredAt))),
    ];
}
