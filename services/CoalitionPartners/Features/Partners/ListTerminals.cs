using Loyalty.CoalitionPartners.Domain;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Partners;

internal sealed record ListedTerminals(IReadOnlyList<Terminal> Terminals);

internal static class ListingTerminals
{
    public static void MapListTerminals(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/partners/{partnerId:guid}/stores/{store}/terminals", async (Guid partnerId, string store, HttpContext http, DocumentStore documents, CancellationToken ct) =>
        {
            if (http.Caller().Partner is { } own && own.Value != partnerId)
                return Problem.NotFound();
            if (await documents.Load<Partner>(partnerId, ct) is not { State: var partner })
                return Problem.NotFound();
            if (Terminals.Refuse(partner, store) is { } refusal)
                return refusal.ToHttp();
            var terminals = await documents.Load<Terminals>(Terminals.IdOf(partner.Id, store), ct);
            return TypedResults.Ok(new ListedTerminals(terminals?.State.All ?? []));
        })
        .RequireScope("partners.manage", "settlement.read")
        .Produces<ListedTerminals>()
        .WithSummary("List a store's terminals")
        .WithDescription("All terminals that a store has or had, in the order of their registration. A partner's own client sees its partner's only; any other looks like one that doesn't exist.");
}
