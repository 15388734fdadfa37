using Loyalty.CoalitionPartners.Clearing;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Clearing;

internal static class ShowStatementPostings
{
    public static void MapShowStatementPostings(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/clearing/cycles/{id}/statements/{partnerId:guid}/lines/{lineId}/postings", async (
            string id, Guid partnerId, string lineId, [AsParameters] PageRequest page, HttpContext http, Statements statements, StatementPostings postings, CancellationToken ct) =>
        {
            if (await statements.Find(id, new(partnerId), http.Caller().Partner, ct) is not { } found || found.Statement.LinesBehind(lineId) is not { } lines)
                return Problem.NotFound();
            var read = await postings.Read(found, lines, page.After(new PostingPlace(0, 0)), page.Size + 1, ct);
            return Results.Ok(Page.Of(read, page, p => new PostingPlace(p.Sequence, p.Index)));
        })
        .RequireScope("settlement.read")
        .Produces<Page<StatementPosting>>()
        .WithSummary("Show the postings behind a line of a statement")
        .WithDescription("The ledger's events that a line adds up, in pages, in the order in which they were settled, each with the fact that holds it: its place in this service's "
            + "log, its stream and its version there. Points that were undone are below zero. A charge opens to the postings it was computed from.");
}
