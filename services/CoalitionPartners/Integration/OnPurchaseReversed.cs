using Loyalty.CoalitionPartners.Domain;
using Loyalty.Contracts;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Kernel;
using Loyalty.Messaging;
using MassTransit;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>A return takes points back from what the partner owes for: all of them, also those the member now is in debt for.</summary>
internal sealed class OnPurchaseReversed(Inbox inbox, SettlementStreams settlement) : IConsumer<Page<PurchaseReversed>>
{
    public Task Consume(ConsumeContext<Page<PurchaseReversed>> context) => inbox.Once(context, (transaction, fresh) => settlement.Append(
        transaction, fresh, Postings, context.CancellationToken));

    private static IEnumerable<ToldPosting> Postings(Guid id, PurchaseReversed e) => e.Awards.ByIssuer(e.PartnerId, e.AgreementVersion, e.Points)
        .Select(part => new ToldPosting(
            Movement.IssueReversed, new(id, new(part.Issuer), TransactionId.From(e.TransactionId), new(part.Points), part.AgreementVersion, e.OccurredAt),
            part.Issuer == e.PartnerId ? e.Store : null));
}
