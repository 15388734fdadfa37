using Loyalty.Kernel;

namespace Loyalty.Cards.Domain;

// The one fact of a card product. Its name and members are storage format: see Storage/StoredEvents.cs.
internal sealed record CardProductDefined(
    string Code, string Name, string Kind, string IssuerPrefix, int NumberLength, DateTimeOffset DefinedAt);

/// <summary>A kind of card with a run of numbers of its own. Once defined it never changes.</summary>
internal sealed record CardProduct(Guid Id, CardProductDefined? Definition) : IAggregate<CardProduct>
{
    public static readonly IReadOnlyList<string> Kinds = ["private", "corporate"];

    private static readonly Guid Space = new("6b0f9a3e-6f0a-4a0e-9d53-0d2f6f3a8c11");

    public static string Alias => "card_product";

    /// <summary>The stream of the product of this code.</summary>
    public static Guid IdOf(string code) => NamedGuid.From(Space, code);

    public static CardProduct Initial(Guid streamId) => new(streamId, Definition: null);

    public CardProduct When(object @event) => @event switch
    {
        CardProductDefined e => this with { Definition = e },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of a card product."),
    };

    /// <summary>Defines it; the same definition again changes nothing, another one is refused.</summary>
    public Decision<CardProductDefined> Define(CardProductDefined definition) =>
        Definition is null ? Decision<CardProductDefined>.Accept(definition)
        : Definition with { DefinedAt = definition.DefinedAt } == definition ? Decision<CardProductDefined>.Accept()
        : Refusals.ProductDiffers;
}
