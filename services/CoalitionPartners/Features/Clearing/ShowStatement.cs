using System.Text;
using Loyalty.CoalitionPartners.Clearing;
using Loyalty.CoalitionPartners.Printing;
using Loyalty.ServiceDefaults;
using Microsoft.Net.Http.Headers;

namespace Loyalty.CoalitionPartners.Features.Clearing;

internal static class ShowStatement
{
    private const string Json = "application/json";
    private const string Csv = "text/csv";
    private const string Html = "text/html";
    private const string Pdf = StatementPdf.MediaType;

    private static readonly string[] Forms = [Json, Csv, Html, Pdf];

    private static readonly Problem NoTypeface = Problem.Of(
        StatusCodes.Status406NotAcceptable, "pdf-not-available",
        "There is no PDF here, because the typeface it is set in is not installed where the service runs. Ask for text/html and print that, or have an operator install fonts-dejavu-core and restart the service.");

    public static void MapShowStatement(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/clearing/cycles/{id}/statements/{partnerId:guid}", (
                string id, Guid partnerId, HttpContext http, Statements statements, InstalledTypeface typeface, CancellationToken ct) => Answer(id, partnerId, Wanted(http), http, statements, typeface, ct))
            .RequireScope("settlement.read")
            .Produces<ShownStatement>(StatusCodes.Status200OK, Json, Csv, Html, Pdf)
            .WithSummary("Show a statement")
            .WithDescription("A partner's account of a cycle: brought forward, a line for each kind of posting, price and agreement version, fees, tax, and carried forward. "
                + "Amounts are in the partner's favour; below zero it pays. What came too late for its own cycle stands in lines of its own that name it (lateFrom). "
                + "As JSON, as CSV (Accept: text/csv, or .csv behind the address), as a page to print (text/html, or .html) "
                + "or as PDF (application/pdf, or .pdf; 406 pdf-not-available where the typeface is not installed). The statement of a cycle that isn't closed is preliminary; "
                + "that of a closed one never changes. A partner's client sees its own statement only.");

        foreach (var (suffix, form) in new[] { ("csv", Csv), ("html", Html), ("pdf", Pdf) })
        {
            app.MapGet($"/v1/clearing/cycles/{{id}}/statements/{{partnerId:guid}}.{suffix}", (
                    string id, Guid partnerId, HttpContext http, Statements statements, InstalledTypeface typeface, CancellationToken ct) => Answer(id, partnerId, form, http, statements, typeface, ct))
                .RequireScope("settlement.read")
                .Produces(StatusCodes.Status200OK, form == Pdf ? typeof(Stream) : typeof(string), form)
                .WithSummary($"Show a statement as {suffix.ToUpperInvariant()}")
                .WithDescription("The statement for programs that can't say what they accept. Text in cells of CSV that would be run as a formula begins with an apostrophe. "
                    + "A PDF is the same bytes every time as long as the statement is the same.");
        }
    }

    private static async Task<IResult> Answer(string id, Guid partnerId, string form, HttpContext http, Statements statements, InstalledTypeface typeface, CancellationToken ct)
    {
        if (await statements.Find(id, new(partnerId), http.Caller().Partner, ct) is not { } found)
            return Problem.NotFound();
        http.Response.Headers.Vary = HeaderNames.Accept;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        var shown = ShownStatement.Of(found.Figures, found.Statement, found.Name);
        switch (form)
        {
            case Csv:
                http.Response.Headers.ContentDisposition = $"attachment; filename=\"statement-{shown.CycleId}-{shown.Code}.csv\"";
                return Results.Text(StatementCsv.Of(shown), Csv, Encoding.UTF8);
            case Html:
                http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
                return Results.Text(StatementPage.Of(shown), Html, Encoding.UTF8);
            case Pdf when typeface.Found is null:
                return NoTypeface;
            case Pdf:
                http.Response.Headers.ContentDisposition = $"inline; filename=\"statement-{shown.CycleId}-{shown.Code}.pdf\"";
                return Results.Bytes(StatementPdf.Of(shown, typeface.Found), Pdf);
            default:
                return Results.Ok(shown);
        }
    }

    // The first of the accepted forms that there is, the best liked first; JSON for whoever doesn't say.
    private static string Wanted(HttpContext http) => http.Request.GetTypedHeaders().Accept
        .OrderByDescending(a => a.Quality ?? 1).Select(a => a.MediaType.Value).FirstOrDefault(media => Forms.Contains(media, StringComparer.OrdinalIgnoreCase)) is { } form
        ? Forms.First(f => f.Equals(form, StringComparison.OrdinalIgnoreCase))
        : Json;
}
