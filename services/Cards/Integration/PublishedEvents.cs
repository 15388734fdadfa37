using Loyalty.Cards.Domain;
using Loyalty.EventStore;
using Published = Loyalty.Contracts.Cards.V1;

namespace Loyalty.Cards.Integration;

/// <summary>What others learn of a stored fact; null where it is nobody else's business.</summary>
internal static class PublishedEvents
{
    public static object? Map(StoredEvent stored) => stored.Data switch
    {
        CardIssued e => new Published.CardIssued(stored.StreamId, e.Number, e.Barcode, e.Product, e.IssuedAt),
        CardLinked e => new Published.CardLinked(stored.StreamId, e.Number, e.Barcode, e.Member.Value, e.LinkedAt, stored.Version),
        CardBlocked e => new Published.CardBlocked(stored.StreamId, e.Number, e.Member?.Value, e.Reason, e.BlockedAt, stored.Version),
        CardActivated or CardProductDefined => null,
        _ => throw new InvalidOperationException($"Say what others learn of '{stored.Name}'."),
    };
}
