using Loyalty.Contracts;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.Messaging;
using Loyalty.PointsLedger.Views;
using MassTransit;

namespace Loyalty.PointsLedger.Integration;

/// <summary>Learns of one more store whose transactions are accepted.</summary>
internal sealed class OnStoreOpened(Inbox inbox, TillBook tills) : IConsumer<Page<StoreOpened>>
{
    public Task Consume(ConsumeContext<Page<StoreOpened>> context) => inbox.OnceEach(context, (transaction, opened) =>
    {
        transaction.AfterCommit(() => tills.Forget(new(opened.PartnerId)));
        return transaction.Execute(
            "insert into stores (partner_id, code, name, time_zone) values ($1, $2, $3, $4) on conflict do nothing",
            context.CancellationToken, opened.PartnerId, opened.Store.Code, opened.Store.Name, opened.Store.TimeZone);
    });
}
