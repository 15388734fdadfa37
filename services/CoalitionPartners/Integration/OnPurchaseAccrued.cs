using Loyalty.CoalitionPartners.Domain;
using Loyalty.Contracts;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Kernel;
using Loyalty.Messaging;
using MassTransit;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>A purchase makes its partner owe for the points; one without points counts as a purchase all the same.</summary>
internal sealed class OnPurchaseAccrued(Inbox inbox, SettlementStreams settlement) : IConsumer<Page<PurchaseAccrued>>
{
    public Task Consume(ConsumeContext<Page<PurchaseAccrued>> context) => inbox.Once(context, (transaction, fresh) => settlement.Append(
        transaction, fresh, Postings, context.CancellationToken));

    private static IEnumerable<ToldPosting> Postings(Guid id, PurchaseAccrued e) => e.Awards.ByIssuer(e.PartnerId, e.AgreementVersion, e.Points)
        .Select(part => new ToldPosting(
            Movement.Issued, new(id, new(part.Issuer), TransactionId.From(e.TransactionId), new(part.Points), part.AgreementVersion, e.OccurredAt),
            part.Issuer == e.PartnerId ? e.Store : null));
}
