using System.Globalization;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Liability;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Liability;

/// <summary>What revenue and liability would be if more, or fewer, points were expected to be redeemed.</summary>
internal sealed record ShownSensitivity(string Period, IReadOnlyList<SensitivityCase> Cases);

/// <param name="By">Percentage points by which more of the points granted are expected to be redeemed; below zero for fewer.</param>
internal sealed record SensitivityCase(decimal By, IReadOnlyList<ShownTotal> Totals);

internal static class ShowSensitivity
{
    private const int MostCases = 21;

    public static void MapShowSensitivity(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/liability/sensitivity", async (
            string? period, Guid? issuer, string? by, HttpContext http, LiabilityBooks books, TimeProvider clock, CancellationToken ct) =>
        {
            var (asked, cases) = (AskedIssuers.Of(http, issuer), Cases(by ?? "-10,-5,0,5,10"));
            var month = AskedMonths.OrThisOne(period, "period", clock.GetUtcNow());
            var open = asked.Nobodys ? [] : await books.Open(month, asked.Only, ct);
            return TypedResults.Ok(new ShownSensitivity(
                month.ToString(), [.. cases.Select(points => new SensitivityCase(points, ShownTotal.Of(open.SelectMany(b => b.At(month, shift: points / 100)))))]));
        })
        .RequireScope("settlement.read")
        .WithSummary("Show how revenue depends on the estimates")
        .WithDescription("At the end of a month (UTC; this one when none is given), for each of up to 21 changes in percentage points: what would be revenue and what would be left as "
            + "contract liability if so many more of the points granted were expected to be redeemed, but no more than still can be and no fewer than were. What was allocated stays. "
            + "Nothing is stored. Computed from what the books hold now, also for a closed month.");

    private static IReadOnlyList<decimal> Cases(string text)
    {
        var parts = text.Split(',');
        var cases = parts.Length > MostCases ? [] : parts.Select(PercentagePoints).OfType<decimal>().ToList();
        return cases.Count == parts.Length
            ? cases
            : throw new ProblemException($"'by' is up to {MostCases} numbers of percentage points between -100 and 100, with at most two decimals, such as -10,-5,0,5,10.");
    }

    private static decimal? PercentagePoints(string text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var points)
        && points is >= -100 and <= 100 && points.Normalised() is { Scale: <= 2 } exact ? exact : null;
}
