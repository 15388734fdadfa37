using Loyalty.EventStore;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

/// <param name="Account">The account.</param>
/// <param name="Period">The month, <c>2017-03</c>: what the ledger recorded in it, in UTC.</param>
/// <param name="BroughtForward">The balance with which it began: what the month before carried forward.</param>
/// <param name="Movements">What was added and taken, by kind of fact.</param>
/// <param name="CarriedForward">Brought forward and all movements.</param>
/// <param name="Lines">A page of the facts behind the movements, oldest first.</param>
internal sealed record AccountStatement(
    Guid Account, string Period, long BroughtForward, IReadOnlyList<StatementMovement> Movements, long CarriedForward, Page<HistoryLine> Lines);

internal static class GetStatementEndpoint
{
    private static readonly Problem PeriodOpen = Problem.Of(
        409, "period-open", "This month is not closed yet, which it is five minutes after its end in UTC. Ask for an earlier month, or for the history.");

    private static readonly Problem NotReady = Problem.Unavailable("The statement is still being drawn up. Try again shortly.");

    public static void MapGetStatement(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/accounts/{id:guid}/statements", List)
            .RequireScope("ledger.read")
            .WithSummary("Closed months of an account")
            .WithDescription(
                "Every calendar month (UTC) since the account was opened, oldest first, as far as it is closed. Each begins with the balance that the one " +
                "before carried forward. For operators.")
            .Produces<Page<StatementSummary>>();

        app.MapGet("/v1/accounts/{id:guid}/statements/{period}", Show)
            .RequireScope("ledger.read")
            .WithSummary("Statement of account for a month")
            .WithDescription(
                "Brought forward, what was accrued, returned, redeemed, restored and so on in a calendar month (UTC), and carried forward. A fact belongs to " +
                "the month in which the ledger recorded it, whenever it happened, so a closed statement never changes: what comes late is in a later one. " +
                "Points set aside, and points owed, are not part of the balance. The month that runs is refused as `period-open`. For operators.")
            .Produces<AccountStatement>();
    }

    private static async Task<IResult> List(
        Guid id, [AsParameters] PageRequest page, HttpContext http, DocumentStore store, StatementReader statements, TimeProvider clock, CancellationToken ct)
    {
        http.RequireOperator();
        var (after, size) = (page.After(start: ""), page.Size);
        if (await store.Load<Account>(id, ct) is not { State.Closed: false }) return Problem.NotFound();
        if (await statements.Months(id, StatementPeriod.LastClosedAt(clock.GetUtcNow()), ct) is not { } months) return NotReady;
        var fetched = months.Where(m => string.CompareOrdinal(m.Period, after) > 0).Take(size + 1).ToList();
        return Results.Ok(Page.Of(fetched, page, month => month.Period));
    }

    private static async Task<IResult> Show(
        Guid id, string period, [AsParameters] PageRequest page, HttpContext http, DocumentStore store, StatementReader statements, TimeProvider clock,
        CancellationToken ct)
    {
        http.RequireOperator();
        var (after, size) = (page.After(start: 0L), page.Size);
        if (!StatementPeriod.TryParse(period, out var asked)) return Problem.Malformed("A month is written as 2017-03.");
        if (await store.Load<Account>(id, ct) is not { State.Closed: false }) return Problem.NotFound();
        if (asked.First > StatementPeriod.LastClosedAt(clock.GetUtcNow()).First) return PeriodOpen;
        var (isComplete, month) = await statements.Month(id, asked, ct);
        if (!isComplete) return NotReady;
        if (month is null) return Problem.NotFound("The account was opened after that month. Ask for a later one.");
        var lines = await statements.Lines(id, month, after, size + 1, ct);
        return Results.Ok(new AccountStatement(
            id, asked.ToString(), month.BroughtForward, month.Movements, month.CarriedForward, Page.Of(lines, page, line => line.Version)));
    }
}
