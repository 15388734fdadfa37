using Loyalty.CoalitionPartners.Domain;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Offers;

internal sealed record ShownOffer(string Id, IEnumerable<MadeOfferVersion> Versions);

internal static class ShowOffer
{
    public static void MapShowOffer(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/offers/{id}", async (string id, DocumentStore store, CancellationToken ct) =>
            await store.Load<Offer>(Offer.StreamOf(id), ct) is { State: var offer }
                ? TypedResults.Ok(new ShownOffer(id, offer.Versions.Select(v => MadeOfferVersion.Of(id, v))))
                : (IResult)Problem.NotFound())
        .RequireScope("offers.manage", "partners.manage")
        .Produces<ShownOffer>()
        .WithSummary("Show an offer")
        .WithDescription("All versions of it with their documents, the first one first. A withdrawal is a version too.");
}
