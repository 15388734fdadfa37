using Loyalty.Cards.Storage;
using Loyalty.Contracts;
using Loyalty.Contracts.Customers.V1;
using Loyalty.Kernel;
using Loyalty.Messaging;
using MassTransit;

namespace Loyalty.Cards.Integration;

/// <summary>From now on a card may be linked to the member.</summary>
internal sealed class OnCustomerEnrolled(Inbox inbox) : IConsumer<Page<CustomerEnrolled>>
{
    public Task Consume(ConsumeContext<Page<CustomerEnrolled>> context) => inbox.OnceEach(context, (inboxed, enrolled) =>
        KnownMembers.Enrol(new MemberId(enrolled.MemberId), inboxed.Transaction, context.CancellationToken));
}
