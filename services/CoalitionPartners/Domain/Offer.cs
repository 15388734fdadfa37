using System.Text.Json;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain;

// The facts of an offer's stream. A document is kept as its author wrote it; what it means is for the contract to say.
internal abstract record OfferFact;

internal sealed record OfferPublished(string Offer, int Version, JsonElement Document, DateTimeOffset PublishedAt) : OfferFact;

/// <param name="Offer">The offer's id.</param>
/// <param name="Version">A version of its own, so that whoever hears of versions in any order knows which is the last.</param>
/// <param name="Document">What is withdrawn.</param>
/// <param name="WithdrawnAt">From then on it grants nothing.</param>
internal sealed record OfferWithdrawn(string Offer, int Version, JsonElement Document, DateTimeOffset WithdrawnAt) : OfferFact;

internal sealed record OfferVersion(int Version, JsonElement Document, DateTimeOffset PublishedAt, bool Withdrawn);

/// <summary>An offer of the coalition: every version of it that there ever was.</summary>
internal sealed record Offer(Guid Id, IReadOnlyList<OfferVersion> Versions) : IAggregate<Offer>
{
    private static readonly Guid Space = new("6f0d8a54-51c3-4b86-9d3c-8a1f1a4de2b7");

    public static string Alias => "offer";

    public static Offer Initial(Guid streamId) => new(streamId, []);

    public static Guid StreamOf(string offer) => NamedGuid.From(Space, offer);

    public OfferVersion? Current => Versions.Count == 0 ? null : Versions[^1];

    /// <summary>The document that holds already makes no version; the same one again after it was withdrawn does.</summary>
    public Decision<OfferFact> Publish(string offer, JsonElement document, DateTimeOffset at) =>
        Current is { Withdrawn: false } current && JsonElement.DeepEquals(current.Document, document)
            ? Decision<OfferFact>.Accept()
            : Decision<OfferFact>.Accept(new OfferPublished(offer, Versions.Count + 1, document, at));

    public Decision<OfferFact> Withdraw(string offer, DateTimeOffset at) => Current switch
    {
        null => new Refusal("offer-unknown", "There is no such offer. Check the id."),
        { Withdrawn: true } => Decision<OfferFact>.Accept(),
        var current => Decision<OfferFact>.Accept(new OfferWithdrawn(offer, Versions.Count + 1, current.Document, at)),
    };

    public Offer When(object @event) => @event switch
    {
        OfferPublished e => this with { Versions = [.. Versions, new(e.Version, e.Document, e.PublishedAt, Withdrawn: false)] },
        OfferWithdrawn e => this with { Versions = [.. Versions, new(e.Version, e.Document, e.WithdrawnAt, Withdrawn: true)] },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of an offer."),
    };
}
