using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Liability;
using Loyalty.CoalitionPartners.Liability;
using Loyalty.CoalitionPartners.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Liability;

/// <summary>How far the books of a month have come.</summary>
/// <param name="Closing">Who has asked to close them, and who has agreed; for operators.</param>
internal sealed record ShownPeriod(string Period, LiabilityPeriodStatus Status, ShownPeriodClosing? Closing)
{
    public static ShownPeriod Of(Month month, LiabilityPeriod period, bool isOperator) => new(
        month.ToString(),
        period.Closed is not null ? LiabilityPeriodStatus.Closed : period.Proposal is not null ? LiabilityPeriodStatus.Proposed : LiabilityPeriodStatus.Open,
        !isOperator ? null : period switch
        {
            { Closed: { } c } => new(c.Maker, c.Checker, c.ClosedAt),
            { Proposal: { } p } => new(p.Maker, null, null),
            _ => null,
        });

    /// <summary>A month that has begun; null for anything else.</summary>
    public static Month? Begun(string text, DateTimeOffset now) => Month.TryParse(text, out var month) && month <= Month.Of(now) ? month : null;
}

internal sealed record ShownPeriodClosing(string ProposedBy, string? ApprovedBy, DateTimeOffset? ClosedAt);

internal enum LiabilityPeriodStatus
{
    Open,
    Proposed,
    Closed,
}

/// <summary>The books of a month.</summary>
/// <param name="ThroughSequence">Up to which place of this service's log agreements and estimates are in the figures.</param>
/// <param name="LedgerEvents">How many of the ledger's events are.</param>
internal sealed record ShownPeriodFigures(
    ShownPeriod Period, long ThroughSequence, long LedgerEvents, IReadOnlyList<ShownCohort> Cohorts, IReadOnlyList<ShownLate> Late, IReadOnlyList<ShownTotal> Totals);

internal static class ShowLiabilityPeriods
{
    public static void MapShowLiabilityPeriods(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/liability/periods", async (
                [AsParameters] PageRequest page, HttpContext http, LiabilityReader reader, LiabilityBooks books, TimeProvider clock, CancellationToken ct) =>
            {
                var after = page.After(DateOnly.MinValue);
                var months = Page.Of(await reader.Periods(Month.Of(after), Month.Of(clock.GetUtcNow()), page.Size + 1, ct), page, month => month.First);
                var shown = new List<ShownPeriod>();
                foreach (var month in months.Items)
                    shown.Add(ShownPeriod.Of(month, await books.Period(month, ct), http.Caller().Partner is null));
                return TypedResults.Ok(new Page<ShownPeriod>(shown, months.Next));
            })
            .RequireScope("settlement.read")
            .WithSummary("List the months that have books")
            .WithDescription("From the first one in which points moved to this one, in pages. open; proposed: waits for a second operator; closed: never changes.");

        app.MapGet("/v1/liability/periods/{month}", async (
                string month, HttpContext http, LiabilityBooks books, ClearingReader names, TimeProvider clock, CancellationToken ct) =>
            {
                if (ShownPeriod.Begun(month, clock.GetUtcNow()) is not { } begun)
                    return LiabilityRefusals.PeriodUnknown.ToHttp();
                var (period, asked) = (await books.Period(begun, ct), AskedIssuers.Of(http, issuer: null));
                var (figures, codes) = (await books.Figures(begun, period, ct), await names.Names(ct));
                var cohorts = figures.Cohorts.Where(c => asked.Has(c.Issuer)).ToList();
                return Results.Ok(new ShownPeriodFigures(
                    ShownPeriod.Of(begun, period, isOperator: asked.Only is null), figures.ThroughSequence, figures.LedgerEvents, [.. cohorts.Select(c => ShownCohort.Of(c, codes))],
                    [.. figures.Late.Where(l => asked.Has(l.Issuer)).Select(l => ShownLate.Of(l, codes))], ShownTotal.Of(cohorts)));
            })
            .RequireScope("settlement.read")
            .Produces<ShownPeriodFigures>()
            .WithSummary("Show the books of a month")
            .WithDescription("Every cohort at the end of the month, and what was posted to it late. As they stand while the month is open; as they were closed, byte for byte, for ever after. "
                + "A partner's client sees its own cohorts only.");
    }
}
