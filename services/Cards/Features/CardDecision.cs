using Loyalty.Cards.Domain;
using Loyalty.Cards.Storage;
using Loyalty.Cards.Views;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;

namespace Loyalty.Cards.Features;

/// <summary>What activating, linking and blocking have in common: from what is printed to the card's stream, and a decision on it.</summary>
internal sealed class CardDecision(Session session, PrintedCards printed)
{
    public async Task<Outcome<CardView>> Take(string numberOrBarcode, Func<Card, Decision<ICardEvent>> decide, CancellationToken ct)
    {
        if (PrintedCode.Refuse(numberOrBarcode) is { } unreadable)
            return unreadable;
        if (await printed.Find(numberOrBarcode, ct) is not { } id)
            return Refusals.CardUnknown;
        var stream = await session.FetchForWriting<Card>(id.Value, ct);
        return session.Append(stream, decide(stream.State), CardView.Of);
    }
}
