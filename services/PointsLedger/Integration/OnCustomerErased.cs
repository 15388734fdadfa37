using Loyalty.Contracts;
using Loyalty.Contracts.Customers.V1;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.Messaging;
using Loyalty.PointsLedger.Lanes;
using Loyalty.PointsLedger.Views;
using MassTransit;

namespace Loyalty.PointsLedger.Integration;

/// <summary>Closes the account of a member who is gone, and forgets what rules knew of them; the account's sums stay, for they are the partners' too.</summary>
internal sealed class OnCustomerErased(Inbox inbox, DocumentStore store, PostingLanes lanes, MemberIndex members, TimeProvider clock) : IConsumer<Page<CustomerErased>>
{
    public Task Consume(ConsumeContext<Page<CustomerErased>> context) => inbox.OnceEach(context, (transaction, erased) => Close(transaction, erased, context.CancellationToken));

    private async Task Close(InboxTransaction inbox, CustomerErased erased, CancellationToken ct)
    {
        await using var accounts = new AccountsOfMessages(store, lanes, inbox);
        await accounts.Decide(AccountId.Of(new(erased.MemberId)), erased, account => account.Close("erased", erased.ErasedAt, clock.GetUtcNow()), ct);
        await accounts.SaveChanges(ct);
        inbox.AfterCommit(() => members.Forget([AccountId.Of(new(erased.MemberId))]));
        await inbox.Execute(
            """
            insert into members (member_id, segments, version, erased) values ($1, '{}', 0, true)
            on conflict (member_id) do update set privilege = null, celebration = null, segments = '{}', erased = true
            """,
            ct, erased.MemberId);
    }
}
