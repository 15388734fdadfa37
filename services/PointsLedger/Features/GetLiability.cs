using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

/// <param name="Issuers">Per issuer, in the order of their codes.</param>
/// <param name="Outstanding">Points of all issuers that can still be spent.</param>
internal sealed record Liability(IReadOnlyList<IssuerLiability> Issuers, long Outstanding);

internal static class GetLiabilityEndpoint
{
    public static void MapGetLiability(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/liability", async (HttpContext http, LiabilityReader liability, CancellationToken ct) =>
        {
            var issuers = await liability.Read(http.Caller().Partner, ct);
            return Results.Ok(new Liability(issuers, issuers.Sum(i => i.Outstanding)));
        })
        .RequireScope("settlement.read")
        .WithSummary("Outstanding points per issuer")
        .WithDescription("What each partner has issued and what of it can still be spent. Follows the ledger by a moment. A partner sees its own line.")
        .Produces<Liability>();
}
