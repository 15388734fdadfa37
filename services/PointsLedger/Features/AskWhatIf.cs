using Loyalty.PointsLedger.Storage;
using Loyalty.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;

namespace Loyalty.PointsLedger.Features;

internal static class WhatIfEndpoints
{
    // Some lists of a thousand ids each, twice.
    private const int BodyBytes = 2 * 1024 * 1024;

    public static void MapWhatIfs(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/what-ifs", Ask)
            .RequireScope("offers.simulate")
            .WithMetadata(new RequestSizeLimitAttribute(BodyBytes))
            .WithSummary("Run draft rules over history")
            .WithDescription(
                "Rates the purchases of a past period again with a draft offer, a draft of a new version of an offer (by its id), or a draft programme in " +
                "force, and without the offer that replaces names; all other rules are those that held at the time of each purchase. Answers 202 at " +
                "once: it runs in the background, a few wait at a time (429 beyond that), and nothing is posted or published. Drafts are only read here; " +
                "publishing checks them by the schemas at /v1/schemas of CoalitionPartners. For operators.")
            .Produces<WhatIf>(StatusCodes.Status202Accepted);

        app.MapGet("/v1/what-ifs/{id:guid}", async (Guid id, HttpContext http, WhatIfRows rows, CancellationToken ct) =>
            {
                http.RequireOperator();
                return await rows.Find(id, ct) is { } found ? Results.Ok(found) : (IResult)Problem.NotFound();
            })
            .RequireScope("offers.simulate")
            .WithSummary("Progress and report of a what-if")
            .WithDescription(
                "How far it has come and, once its state is done, what the period would have earned: points, cost by the issue prices of the agreements " +
                "in force and the difference in settlement, by partner, tier and offer, beside what was really awarded. The report says what it assumes.")
            .Produces<WhatIf>();

        app.MapDelete("/v1/what-ifs/{id:guid}", async (Guid id, HttpContext http, WhatIfRows rows, CancellationToken ct) =>
            {
                http.RequireOperator();
                await rows.Cancel(id, ct);
                return await rows.Find(id, ct) is { } found ? Results.Ok(found) : (IResult)Problem.NotFound();
            })
            .RequireScope("offers.simulate")
            .WithSummary("Cancel a what-if")
            .WithDescription("Ends it within a moment; one that has ended stays as it is. Answers how it stands.")
            .Produces<WhatIf>();
    }

    private static async Task<IResult> Ask(WhatIfQuestion body, HttpContext http, WhatIfRows rows, CancellationToken ct)
    {
        http.RequireOperator();
        var asked = body with { From = body.From.ToUniversalTime(), Until = body.Until.ToUniversalTime() };
        if (asked.Until <= asked.From) return Problem.Malformed("'until' is not after 'from'. Name a period of some length.");
        if (asked is { Offer: null, Programme: null, Replaces: null }) return Problem.Malformed("Nothing would be different. Send an offer, a programme, or the id of an offer that is left out as 'replaces'.");
        if (asked.Replaces is { Length: 0 or > 40 }) return Problem.Malformed("'replaces' is the id of an offer.");
        try
        {
            if (asked.Offer is { } offer) DraftDocuments.Offer(offer);
            if (asked.Programme is { } programme) DraftDocuments.Programme(programme);
        }
        catch (FormatException e)
        {
            return Problem.Malformed(e.Message);
        }

        var id = Guid.CreateVersion7();
        if (!await rows.TryAdd(id, asked, http.Caller().Origin.CausedBy, ct))
            return Problem.TooManyRequests($"{WhatIfRows.MostWaiting} what-ifs wait already. Ask again when one of them has ended.", TimeSpan.FromSeconds(10));
        return Results.Accepted($"/v1/what-ifs/{id}", await rows.Find(id, ct));
    }
}
