using System.Text;
using Loyalty.CoalitionPartners.Liability;
using Loyalty.CoalitionPartners.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Liability;

internal static class ShowRevenue
{
    public static void MapShowRevenue(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/liability/revenue", (
                string? period, Guid? issuer, HttpContext http, LiabilityBooks books, ClearingReader names, TimeProvider clock, CancellationToken ct) =>
                Read(period, issuer, http, books, names, clock, ct))
            .RequireScope("settlement.read")
            .WithSummary("Show the revenue from points")
            .WithDescription("Per issuer and vintage, at the end of a month (UTC; this one when none is given): which part of the sales is allocated to the points, how many were "
                + "redeemed and are expected to be, and how much of what was allocated is revenue, in all and of this month (IFRS 15 B39 to B43 and B46). "
                + "The figures of a closed month never change. A partner's client sees its own cohorts only.");

        app.MapGet("/v1/liability/revenue.csv", async (
                string? period, Guid? issuer, HttpContext http, LiabilityBooks books, ClearingReader names, TimeProvider clock, CancellationToken ct) =>
                Results.Text(LiabilityCsv.Of(await Read(period, issuer, http, books, names, clock, ct)), LiabilityCsv.MediaType, Encoding.UTF8))
            .RequireScope("settlement.read")
            .Produces<string>(StatusCodes.Status200OK, LiabilityCsv.MediaType)
            .WithSummary("Show the revenue from points as CSV")
            .WithDescription("A row per issuer and vintage. Text in cells that would be run as a formula begins with an apostrophe.");
    }

    private static async Task<ShownRevenue> Read(
        string? text, Guid? issuer, HttpContext http, LiabilityBooks books, ClearingReader names, TimeProvider clock, CancellationToken ct)
    {
        var (asked, month) = (AskedIssuers.Of(http, issuer), AskedMonths.OrThisOne(text, "period", clock.GetUtcNow()));
        var period = await books.Period(month, ct);
        var cohorts = (await books.Figures(month, period, ct)).Cohorts.Where(c => asked.Has(c.Issuer)).ToList();
        var codes = await names.Names(ct);
        return new(month.ToString(), period.Closed is not null, [.. cohorts.Select(c => ShownCohort.Of(c, codes))], ShownTotal.Of(cohorts));
    }
}
