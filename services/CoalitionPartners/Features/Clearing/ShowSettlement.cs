using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Clearing;

internal static class ShowSettlement
{
    public static void MapShowSettlement(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/settlements", Answer)
            .RequireScope("settlement.read")
            .WithSummary("Show the settlement")
            .WithDescription("Per month (UTC) and currency: what each partner issued and redeemed, owes, is owed, and the net. Operators also get the coalition's "
                + "own account and the total of all nets, which is always 0; a partner's client sees its own lines only. Without month: all months "
                + "in order, in pages of months. asOf says how many of the ledger's events are in the figures.");

        app.MapGet("/v1/settlements/status", async (SettlementStatement statement, CancellationToken ct) => TypedResults.Ok(await statement.Status(ct)))
            .RequireScope("settlement.read")
            .WithSummary("Show how far the settlement is")
            .WithDescription("How many of the ledger's events have been settled, and up to which place of this service's log.");
    }

    private static async Task<Settlements> Answer(
        string? month, [AsParameters] PageRequest page, HttpContext http, SettlementStatement statement, CancellationToken ct)
    {
        if (month is not null && !Month.TryParse(month, out _))
            throw new ProblemException("'month' is a month such as 2017-03.");
        return await statement.Read(Month.TryParse(month, out var one) ? one : null, page, http.Caller().Partner, ct);
    }
}
