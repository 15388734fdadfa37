using Loyalty.CoalitionPartners.Liability;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Liability;

internal sealed record ShownEstimateVersions(IEnumerable<ShownEstimates> Versions);

internal static class ShowEstimates
{
    public static void MapShowEstimates(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/liability/estimates", async (LiabilityBooks books, CancellationToken ct) =>
            TypedResults.Ok(new ShownEstimateVersions((await books.Estimates(ct)).Versions.Select(ShownEstimates.Of))))
        .RequireScope("liability.manage")
        .WithSummary("Show the estimates of breakage")
        .WithDescription("All versions, the first one first, and what became of each.");
}
