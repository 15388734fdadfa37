using Loyalty.Contracts;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Customers.Views;
using Loyalty.Messaging;
using MassTransit;

namespace Loyalty.Customers.Integration;

/// <summary>A purchase shows that a member is active. An account's id is its member's.</summary>
internal sealed class OnPurchaseAccrued(Inbox inbox) : IConsumer<Page<PurchaseAccrued>>
{
    public Task Consume(ConsumeContext<Page<PurchaseAccrued>> context) => inbox.Once(context, (inboxed, purchases) =>
        MemberActivity.AddPurchases(
            inboxed.Transaction, purchases.Select(p => new Occurrence(p.AccountId, p.OccurredAt)), context.CancellationToken));
}
