using Loyalty.Cards.Domain;
using Loyalty.Cards.Storage;
using Loyalty.Contracts;
using Loyalty.Contracts.Customers.V1;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.Messaging;
using MassTransit;

namespace Loyalty.Cards.Integration;

/// <summary>Blocks the cards of a member who is gone, and lets nobody link another one to them.</summary>
internal sealed class OnCustomerErased(Inbox inbox, DocumentStore store) : IConsumer<Page<CustomerErased>>
{
    public Task Consume(ConsumeContext<Page<CustomerErased>> context) => inbox.OnceEach(context, async (inboxed, erased) =>
    {
        var (member, ct) = (new MemberId(erased.MemberId), context.CancellationToken);

        // First the member, which waits for links under way; then the cards, those links among them.
        await KnownMembers.Erase(member, erased.ErasedAt, inboxed.Transaction, ct);
        await using var session = store.OpenSession(inboxed.Origin, inboxed.Transaction);
        foreach (var id in await PrintedCards.OfMember(member, inboxed.Transaction, ct))
        {
            var stream = await session.FetchForWriting<Card>(id.Value, ct);
            if (stream.State.Block(BlockReasons.Erased, erased.ErasedAt) is Decision<ICardEvent>.Accepted accepted)
                session.Append(stream, accepted.Events);
        }

        await session.SaveChanges(ct);
    });
}
