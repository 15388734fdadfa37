using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Files;
using Loyalty.CoalitionPartners.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Batches;

internal static class ShowBatches
{
    public static readonly string[] Scopes = ["ledger.post", "ledger.redeem", "settlement.read"];

    // After every id there is.
    private static readonly Guid Last = new("ffffffff-ffff-ffff-ffff-ffffffffffff");

    public static void MapShowBatches(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/batches", async ([AsParameters] PageRequest page, HttpContext http, BatchView view, CancellationToken ct) => TypedResults.Ok(Page.Of(
                await view.List(http.Caller().Partner, page.After(Last), page.Size + 1, ct), page, batch => batch.BatchId)))
            .RequireScope(Scopes)
            .WithSummary("List batches")
            .WithDescription("The newest first, in pages. A partner's client sees its own batches only.");

        app.MapGet("/v1/batches/{id:guid}", async (Guid id, HttpContext http, BatchView view, CancellationToken ct) => TypedResults.Ok(await view.Owned(http, id, ct)))
            .RequireScope(Scopes)
            .WithSummary("Show a batch")
            .WithDescription("How far it is (checking, sending, awaiting, complete; checked for mode=check) and its lines by outcome, also while it runs: "
                + "received is always accepted + replayed + refused + differing + waiting.");

        app.MapGet("/v1/batches/{id:guid}/lines", Lines)
            .RequireScope(Scopes)
            .Produces<Page<BatchLineShown>>()
            .WithSummary("Show the lines of a batch")
            .WithDescription("In the order of the file, in pages; of one outcome where outcome is given: accepted, replayed, refused, differs or waiting.");

        app.MapGet("/v1/batches/{id:guid}/report.csv", (Guid id, string? outcome, HttpContext http, BatchView view, CancellationToken ct) =>
                Report(id, outcome, http, view, BatchReport.Csv, ct))
            .RequireScope(Scopes)
            .Produces<string>(StatusCodes.Status200OK, CsvFile.MediaType)
            .WithSummary("Download the report of a batch as CSV")
            .WithDescription("Every line with its outcome, streamed; of one outcome where outcome is given. A cell that a spreadsheet would take for a formula begins with an apostrophe.");

        app.MapGet("/v1/batches/{id:guid}/report.ndjson", (Guid id, string? outcome, HttpContext http, BatchView view, CancellationToken ct) =>
                Report(id, outcome, http, view, BatchReport.Ndjson, ct))
            .RequireScope(Scopes)
            .Produces<string>(StatusCodes.Status200OK, NdjsonFile.MediaType)
            .WithSummary("Download the report of a batch as NDJSON")
            .WithDescription("Every line with its outcome as one JSON object per line, streamed; of one outcome where outcome is given.");
    }

    /// <summary>The batch if the caller may see it; else it is as if it did not exist.</summary>
    public static async Task<BatchShown> Owned(this BatchView view, HttpContext http, Guid id, CancellationToken ct) =>
        await view.Find(http.Caller().Partner, id, ct) ?? throw new ProblemException(Problem.NotFound());

    private static async Task<IResult> Lines(
        Guid id, string? outcome, [AsParameters] PageRequest page, HttpContext http, BatchView view, CancellationToken ct)
    {
        await view.Owned(http, id, ct);
        return TypedResults.Ok(Page.Of(
            await view.Lines(id, Known(outcome), page.After(0), page.Size + 1, ct).ToListAsync(ct), page, line => line.Line));
    }

    private static async Task<IResult> Report(Guid id, string? outcome, HttpContext http, BatchView view, BatchReport report, CancellationToken ct)
    {
        await view.Owned(http, id, ct);
        var lines = view.Lines(id, Known(outcome), after: 0, limit: null, ct);
        http.Response.ContentType = report.MediaType;
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"batch-{id}.{report.Extension}\"";
        await report.Write(lines, http.Response.BodyWriter, ct);
        return Results.Empty;
    }

    private static string? Known(string? outcome) => outcome is null || LineOutcome.All.Contains(outcome, StringComparer.Ordinal)
        ? outcome
        : throw new ProblemException($"'outcome' is one of {string.Join(", ", LineOutcome.All)}.");
}
