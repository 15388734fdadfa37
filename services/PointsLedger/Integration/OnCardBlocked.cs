using Loyalty.Contracts;
using Loyalty.Contracts.Cards.V1;
using Loyalty.EventStore;
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
        var leads = new List<CardLead>();
        foreach (var card in blocked.Where(c => c.MemberId is not null))
        {
            var (home, of) = await accounts.Home(new(card.MemberId!.Value), ct);
            await accounts.Decide(
                home, card, account => account.BlockCard(new(card.CardId), card.Number, card.Reason, card.Version, card.BlockedAt, clock.GetUtcNow(), of), ct);
            leads.Add(new(card.Number, card.Number, home.Value, card.Version));
        }

        await accounts.SaveChanges(ct);
        await inbox.LeadCards(leads, ct);
    }
}
