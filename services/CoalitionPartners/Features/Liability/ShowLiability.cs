using System.Text;
using Loyalty.CoalitionPartners.Domain.Liability;
using Loyalty.CoalitionPartners.Liability;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Liability;

internal static class ShowLiability
{
    public static void MapShowLiability(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/liability", (string? asOf, Guid? issuer, HttpContext http, LiabilityBooks books, ClearingReader names, CancellationToken ct) =>
                Read(asOf, issuer, http, books, names, ct))
            .RequireScope("settlement.read")
            .WithSummary("Show the points outstanding")
            .WithDescription("Per issuer and vintage: what became of its points, how many members still hold, and what these cost by the version of the issuer's agreement that "
                + "priced each of them. asOf is the last day of a month; without it everything is in. A partner's client sees its own points only.");

        app.MapGet("/v1/liability.csv", async (string? asOf, Guid? issuer, HttpContext http, LiabilityBooks books, ClearingReader names, CancellationToken ct) =>
                Results.Text(LiabilityCsv.Of(await Read(asOf, issuer, http, books, names, ct)), LiabilityCsv.MediaType, Encoding.UTF8))
            .RequireScope("settlement.read")
            .Produces<string>(StatusCodes.Status200OK, LiabilityCsv.MediaType)
            .WithSummary("Show the points outstanding as CSV")
            .WithDescription("A row per issuer and vintage. Text in cells that would be run as a formula begins with an apostrophe.");
    }

    private static async Task<ShownLiability> Read(string? asOf, Guid? issuer, HttpContext http, LiabilityBooks books, ClearingReader names, CancellationToken ct)
    {
        var (asked, through) = (AskedIssuers.Of(http, issuer), AskedMonths.EndingAt(asOf, "asOf"));
        var codes = await names.Names(ct);
        var issuers = asked.Nobodys ? [] : (await books.Open(through, asked.Only, ct)).Select(b => Shown(b, codes[b.Issuer]))
            .OrderBy(i => i.Code, StringComparer.Ordinal).ToList();
        return new(asOf, issuers,
        [
            .. issuers.GroupBy(i => i.Currency, StringComparer.Ordinal).OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => new OutstandingTotal(
                c.Key, c.Sum(i => i.Outstanding), new(c.Sum(i => i.AtFundingPrice.Minor), Currency.From(c.Key)))),
        ]);
    }

    private static OutstandingPoints Shown(IssuerBooks books, PartnerName name)
    {
        var vintages = books.Movements.GroupBy(m => m.Vintage).OrderBy(v => v.Key.ToString(), StringComparer.Ordinal)
            .Select(v => Shown(v.Key, v.Sum(m => m.Moved), books.AtFundingPrice(v))).ToList();
        return new(
            name.Partner, name.Code, books.Currency.Code, vintages.Sum(v => v.Outstanding), new(vintages.Sum(v => v.AtFundingPrice.Minor), books.Currency), vintages);
    }

    private static OutstandingVintage Shown(Vintage vintage, Movements m, Money price) => new(
        vintage.ToString(), m.Issued.Value, m.TakenBack.Value, m.Redeemed.Value, m.PutBack.Value, m.Repaid.Value, m.Expired.Value, m.Adjusted.Value,
        m.Outstanding.Value, price);
}
