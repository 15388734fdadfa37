using Loyalty.Contracts;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.Messaging;
using Loyalty.PointsLedger.Views;
using MassTransit;

namespace Loyalty.PointsLedger.Integration;

/// <summary>Learns how many points a partner has paid for.</summary>
internal sealed class OnPrepaidBlockBought(Inbox inbox, TillBook tills) : IConsumer<Page<PrepaidBlockBought>>
{
    public Task Consume(ConsumeContext<Page<PrepaidBlockBought>> context) => inbox.OnceEach(context, (transaction, bought) =>
    {
        transaction.AfterCommit(() => tills.Forget(new(bought.PartnerId)));
        return transaction.Execute(
            "insert into prepaid_blocks (partner_id, block_id, points) values ($1, $2, $3) on conflict do nothing",
            context.CancellationToken, bought.PartnerId, bought.BlockId, bought.Points);
    });
}
