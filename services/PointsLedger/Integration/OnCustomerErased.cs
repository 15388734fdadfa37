using Loyalty.Contracts;
using Loyalty.Contracts.Customers.V1;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.Messaging;
using Loyalty.PointsLedger.Lanes;
using MassTransit;

namespace Loyalty.PointsLedger.Integration;

/// <summary>Closes the account of a member who is gone; its sums stay, for they are the partners' too.</summary>
internal sealed class OnCustomerErased(Inbox inbox, DocumentStore store, PostingLanes lanes, TimeProvider clock) : IConsumer<Page<CustomerErased>>
{
    public Task Consume(ConsumeContext<Page<CustomerErased>> context) => inbox.OnceEach(context, (transaction, erased) => Close(transaction, erased, context.CancellationToken));

    private async Task Close(InboxTransaction inbox, CustomerErased erased, CancellationToken ct)
    {
        await using var accounts = new AccountsOfMessages(store, lanes, inbox);
        await accounts.Decide(AccountId.Of(new(erased.MemberId)), erased, account => account.Close("erased", erased.ErasedAt, clock.GetUtcNow()), ct);
        await accounts.SaveChanges(ct);
    }
}
