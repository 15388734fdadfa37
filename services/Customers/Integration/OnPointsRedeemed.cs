using Loyalty.Contracts;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Customers.Views;
using Loyalty.Messaging;
using MassTransit;

namespace Loyalty.Customers.Integration;

/// <summary>A redemption shows that a member is active. An account's id is its member's.</summary>
internal sealed class OnPointsRedeemed(Inbox inbox) : IConsumer<Page<PointsRedeemed>>
{
    public Task Consume(ConsumeContext<Page<PointsRedeemed>> context) => inbox.Once(context, (inboxed, redemptions) =>
        MemberActivity.AddRedemptions(
            inboxed.Transaction, redemptions.Select(r => new Occurrence(r.AccountId, r.OccurredAt)), context.CancellationToken));
}
