using Loyalty.Contracts;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.Messaging;
using Loyalty.PointsLedger.Views;
using MassTransit;

namespace Loyalty.PointsLedger.Integration;

/// <summary>Learns from when on a store takes nothing any more, perhaps before it learns of the store. It is closed once and for good.</summary>
internal sealed class OnStoreClosed(Inbox inbox, TillBook tills) : IConsumer<Page<StoreClosed>>
{
    public Task Consume(ConsumeContext<Page<StoreClosed>> context) => inbox.OnceEach(context, (transaction, closed) =>
    {
        transaction.AfterCommit(() => tills.Forget(new(closed.PartnerId)));
        return transaction.Execute(
            "insert into closed_stores (partner_id, code, closed_from) values ($1, $2, $3) on conflict do nothing",
            context.CancellationToken, closed.PartnerId, closed.Store, closed.EffectiveFrom.UtcDateTime);
    });
}
