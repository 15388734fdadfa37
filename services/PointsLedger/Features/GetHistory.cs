using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

internal static class GetHistoryEndpoint
{
    public static void MapGetHistory(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/accounts/{id:guid}/history", async (
            Guid id, [AsParameters] PageRequest page, HttpContext http, HistoryView history, CancellationToken ct) =>
        {
            var after = page.After(start: 0L);
            var lines = await history.Read(id, after, page.Size + 1, http.Caller().Partner, ct);
            return lines is null ? Problem.NotFound() : (IResult)Results.Ok(Page.Of(lines, page, line => line.Version));
        })
        .RequireScope("ledger.read")
        .WithSummary("History of an account")
        .WithDescription("Every fact in order, oldest first. A partner sees the lines of its own transactions.")
        .Produces<Page<HistoryLine>>();
}
