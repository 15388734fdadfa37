using Loyalty.Contracts;
using Loyalty.Contracts.Cards.V1;
using Loyalty.EventStore;
using Loyalty.Messaging;
using Loyalty.PointsLedger.Lanes;
using MassTransit;

namespace Loyalty.PointsLedger.Integration;

/// <summary>Opens the member's account with its first card, and leads the card's number and barcode there.</summary>
internal sealed class OnCardLinked(Inbox inbox, DocumentStore store, PostingLanes lanes, TimeProvider clock) : IConsumer<Page<CardLinked>>
{
    public Task Consume(ConsumeContext<Page<CardLinked>> context) => inbox.Once(context, (transaction, linked) => Link(transaction, linked, context.CancellationToken));

    private async Task Link(InboxTransaction inbox, IReadOnlyList<CardLinked> linked, CancellationToken ct)
    {
        await using var accounts = new AccountsOfMessages(store, lanes, inbox);
        var leads = new List<CardLead>();
        foreach (var card in linked)
        {
            var (home, of) = await accounts.Home(new(card.MemberId), ct);
            await accounts.Decide(home, card, account => account.LinkCard(new(card.CardId), card.Number, card.Version, card.LinkedAt, clock.GetUtcNow(), of), ct);
            leads.AddRange(new[] { card.Number, card.Barcode }.Select(scanned => new CardLead(scanned, card.Number, home.Value, card.Version)));
        }

        await accounts.SaveChanges(ct);
        await inbox.LeadCards(leads, ct);
    }
}

/// <summary>Where a scanned text leads.</summary>
internal sealed record CardLead(string Scanned, string Number, Guid Account, long Version);

internal static class CardLeads
{
    /// <summary>Only a newer fact about a card changes where it leads.</summary>
    public static Task LeadCards(this InboxTransaction inbox, IReadOnlyList<CardLead> leads, CancellationToken ct)
    {
        var latest = leads.GroupBy(l => l.Scanned, StringComparer.Ordinal).Select(g => g.MaxBy(l => l.Version)!).OrderBy(l => l.Scanned, StringComparer.Ordinal).ToList();
        return inbox.Execute(
            """
            insert into cards (scanned, number, account_id, version)
            select * from unnest($1::text[], $2::text[], $3::uuid[], $4::bigint[])
            on conflict (scanned) do update set number = excluded.number, account_id = excluded.account_id, version = excluded.version
            where cards.version < excluded.version
            """,
            ct, latest.ConvertAll(l => l.Scanned).ToArray(), latest.ConvertAll(l => l.Number).ToArray(),
            latest.ConvertAll(l => l.Account).ToArray(), latest.ConvertAll(l => l.Version).ToArray());
    }
}
