using Loyalty.CoalitionPartners.Views;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Partners;

internal static class ListPartners
{
    public static void MapListPartners(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/partners", async ([AsParameters] PageRequest page, HttpContext http, DocumentStore store, CancellationToken ct) =>
            TypedResults.Ok(Page.Of(
                await PartnersView.Read(store.DataSource, http.Caller().Partner, page.After(""), page.Size + 1, ct), page, partner => partner.Code)))
        .RequireScope("partners.manage", "settlement.read")
        .WithSummary("List partners")
        .WithDescription("In the order of their codes, in pages. Follows a change within moments. A partner's own client sees its partner only.");
}
