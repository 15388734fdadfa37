using Loyalty.Contracts;
using Loyalty.Contracts.Cards.V1;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.Messaging;
using Loyalty.PointsLedger.Lanes;
using MassTransit;

namespace Loyalty.PointsLedger.Integration;

/// <summary>Stops a card from spending. A card that never belonged to anybody leads nowhere and needs no stopping.</summary>
internal sealed class OnCardBlocked(Inbox inbox, DocumentStore store, PostingLanes lanes, TimeProvider clock) : IConsumer<Page<CardBlocked>>
{
    public Task Consume(ConsumeContext<Page<CardBlocked>> context) => inbox.Once(context, (transaction, blocked) => Block(transaction, blocked, context.CancellationToken));

    private async Task Block(InboxTransaction inbox, IReadOnlyList<CardBlocked> blocked, CancellationToken ct)
    {
        await using var accounts = new AccountsOfMessages(store, lanes, inbox);
        foreach (var card in blocked.Where(c => c.MemberId is not null))
        {
            await accounts.Decide(
                AccountId.Of(new(card.MemberId!.Value)), card,
                account => account.BlockCard(new(card.CardId), card.Number, card.Reason, card.Version, card.BlockedAt, clock.GetUtcNow()), ct);
        }

        await accounts.SaveChanges(ct);
        await inbox.LeadCards([.. blocked.Where(c => c.MemberId is not null).Select(c => new CardLead(c.Number, c.Number, c.MemberId!.Value, c.Version))], ct);
    }
}
