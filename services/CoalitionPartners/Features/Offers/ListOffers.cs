using Loyalty.CoalitionPartners.Views;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Offers;

internal static class ListOffers
{
    public static void MapListOffers(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/offers", async ([AsParameters] PageRequest page, DocumentStore store, TimeProvider clock, CancellationToken ct) =>
            TypedResults.Ok(Page.Of(
                await OffersView.Read(store.DataSource, clock.GetUtcNow(), page.After(""), page.Size + 1, ct), page, offer => offer.Id)))
        .RequireScope("offers.manage", "partners.manage")
        .WithSummary("List offers")
        .WithDescription("The current version of each, in the order of their ids, in pages, and whether it is in force now. Follows a change within moments.");
}
