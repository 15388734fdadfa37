using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

internal static class GetFlagsEndpoint
{
    public static void MapGetFlags(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/flags", async ([AsParameters] PageRequest page, FlagsReader flags, CancellationToken ct) =>
            Results.Ok(Page.Of(await flags.Read(page.After(start: 0L), page.Size + 1, ct), page, flag => flag.Sequence)))
        .RequireScope("ledger.approve")
        .WithSummary("Flagged postings")
        .WithDescription("Postings that were accepted although they went beyond a soft limit of the programme, in the order of the ledger. Follows the ledger by a moment.")
        .Produces<Page<FlaggedPosting>>();
}
