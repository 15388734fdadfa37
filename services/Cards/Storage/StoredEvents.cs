using Loyalty.Cards.Domain;
using Loyalty.EventStore;

namespace Loyalty.Cards.Storage;

/// <summary>The names under which facts are stored, for ever. tests/Cards.Tests/Golden holds one of each.</summary>
internal static class StoredEvents
{
    public static void Map(EventTypes types) => types
        .Map<CardProductDefined>("card-product-defined")
        .Map<CardIssued>("card-issued")
        .Map<CardActivated>("card-activated")
        .Map<CardLinked>("card-linked")
        .Map<CardBlocked>("card-blocked");
}
