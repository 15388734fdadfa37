using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.CoalitionPartners.Files;
using Loyalty.CoalitionPartners.Views;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Reconciling;

/// <summary>An item and who did what about it, in order.</summary>
internal sealed record ItemWithHistory(ItemShown Item, IReadOnlyList<ItemStep> History);

/// <summary>What somebody did about an item.</summary>
/// <param name="What"><c>assigned</c>, <c>proposed</c>, <c>rejected</c> or <c>approved</c>.</param>
/// <param name="Owner">Whom it was assigned to.</param>
internal sealed record ItemStep(string What, string By, DateTimeOffset At, string? Owner = null, ItemDecision? Decision = null, string? Reason = null)
{
    public static ItemStep Of(object fact) => fact switch
    {
        ItemAssigned e => new("assigned", e.By, e.AssignedAt, e.Owner),
        DecisionProposed e => new("proposed", e.Maker, e.ProposedAt, null, e.Decision, e.Reason),
        DecisionRejected e => new("rejected", e.Checker, e.RejectedAt),
        DecisionApproved e => new("approved", e.Checker, e.ApprovedAt, null, e.Decision, e.Reason),
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of an item."),
    };
}

internal static class ShowReconciliations
{
    private static readonly string[] Scopes = ["reconciliation.manage", "reconciliation.decide"];
    private static readonly string[] Kinds = ["missing-here", "missing-there", "amount-differs", "points-differ", "duplicate"];
    private static readonly string[] States = ["open", "assigned", "proposed", "decided"];

    // After every id there is.
    private static readonly Guid Last = new("ffffffff-ffff-ffff-ffff-ffffffffffff");

    public static void MapShowReconciliations(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/reconciliations", async ([AsParameters] PageRequest page, HttpContext http, ReconciliationView view, CancellationToken ct) => TypedResults.Ok(Page.Of(
                await view.List(http.Caller().Partner, page.After(Last), page.Size + 1, ct), page, r => r.ReconciliationId)))
            .RequireScope(Scopes)
            .WithSummary("List reconciliations")
            .WithDescription("The newest first, in pages, without their totals. A partner's client sees its own ones only.");

        app.MapGet("/v1/reconciliations/{id:guid}", async (Guid id, HttpContext http, ReconciliationView view, CancellationToken ct) => TypedResults.Ok(await view.Owned(http, id, ct)))
            .RequireScope(Scopes)
            .WithSummary("Show a reconciliation")
            .WithDescription("How far it is (matching, finding, complete) and, by kind of transaction and currency, the totals of both books, what matched, and the items, which add up to the "
                + "difference of the totals to the minor unit and the point (explained).");

        app.MapGet("/v1/reconciliations/{id:guid}/items", Items)
            .RequireScope(Scopes)
            .Produces<Page<ItemShown>>()
            .WithSummary("Show the items of a reconciliation")
            .WithDescription("Every difference with both sides' figures, in pages: first the partner's lines in the order of its book, then what no line tells of. Of one kind or state where one is given.");

        app.MapGet("/v1/reconciliations/{id:guid}/items/{item:int}", Item)
            .RequireScope(Scopes)
            .Produces<ItemWithHistory>()
            .WithSummary("Show an item of a reconciliation")
            .WithDescription("The difference with both sides' figures, and who assigned, proposed, rejected and approved what, and when.");

        app.MapGet("/v1/reconciliations/{id:guid}/report.csv", Report)
            .RequireScope(Scopes)
            .Produces<string>(StatusCodes.Status200OK, CsvFile.MediaType)
            .WithSummary("Download the items of a reconciliation as CSV")
            .WithDescription("Every item, streamed; of one kind or state where one is given. A cell that a spreadsheet would take for a formula begins with an apostrophe.");

        app.MapGet("/v1/reconciliations/ageing", async (HttpContext http, ReconciliationItemsView view, CancellationToken ct) =>
                TypedResults.Ok(await view.Ages(http.Caller().Partner, ct)))
            .RequireScope(Scopes)
            .WithSummary("Show how old undecided items are")
            .WithDescription("Items that nobody has decided on yet, by partner, currency and days since they were found (0-7, 8-30, 31-90, 91-), with what they differ by. A partner's client sees its own ones only.");
    }

    /// <summary>The reconciliation if the caller may see it; else it is as if it did not exist.</summary>
    private static async Task<ReconciliationShown> Owned(this ReconciliationView view, HttpContext http, Guid id, CancellationToken ct) =>
        await view.Find(http.Caller().Partner, id, ct) ?? throw new ProblemException(Problem.NotFound());

    private static async Task<IResult> Items(
        Guid id, string? kind, string? state, [AsParameters] PageRequest page, HttpContext http, ReconciliationView view, ReconciliationItemsView items, CancellationToken ct)
    {
        await view.Owned(http, id, ct);
        var (ofKind, ofState) = (Known(kind, "kind", Kinds), Known(state, "state", States));
        return TypedResults.Ok(Page.Of(await items.Items(id, ofKind, ofState, page.After(0), page.Size + 1, ct).ToListAsync(ct), page, item => item.Item));
    }

    private static async Task<IResult> Item(
        Guid id, int item, HttpContext http, ReconciliationView view, ReconciliationItemsView items, DocumentStore store, CancellationToken ct)
    {
        await view.Owned(http, id, ct);
        if (await items.Find(id, item, ct) is not { } shown) throw new ProblemException(Problem.NotFound());
        var facts = await store.FetchStream(ReconciliationItem.StreamOf(id, item), ct: ct);
        return TypedResults.Ok(new ItemWithHistory(shown, [.. facts.Select(f => ItemStep.Of(f.Data))]));
    }

    private static async Task<IResult> Report(
        Guid id, string? kind, string? state, HttpContext http, ReconciliationView view, ReconciliationItemsView items, CancellationToken ct)
    {
        await view.Owned(http, id, ct);
        var found = items.Items(id, Known(kind, "kind", Kinds), Known(state, "state", States), after: 0, limit: null, ct);
        http.Response.ContentType = CsvFile.MediaType;
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"reconciliation-{id}.csv\"";
        await ReconciliationReport.Write(found, http.Response.BodyWriter, ct);
        return Results.Empty;
    }

    private static string? Known(string? value, string name, string[] known) => value is null || known.Contains(value, StringComparer.Ordinal)
        ? value
        : throw new ProblemException($"'{name}' is one of {string.Join(", ", known)}.");
}
