using Loyalty.CoalitionPartners.Clearing;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Clearing;

/// <summary>A cycle and where everybody stands in it.</summary>
/// <param name="Preliminary">Whether the figures may still move.</param>
/// <param name="ThroughSequence">Up to which place of this service's log they reach.</param>
internal sealed record ShownCycleFigures(ShownCycle Cycle, bool Preliminary, long ThroughSequence, IReadOnlyList<ShownNetting> Currencies);

/// <summary>One currency. Coalition and total are for operators; a partner sees its own position only.</summary>
/// <param name="Total">All nets, the coalition's included: always 0.</param>
internal sealed record ShownNetting(string Currency, IReadOnlyList<ShownPosition> Positions, Money? Coalition, Money? Total);

/// <param name="Net">What the partner gets for this cycle; below zero, what it pays.</param>
/// <param name="CarriedForward">The same with what earlier cycles left unpaid.</param>
internal sealed record ShownPosition(
    Guid Partner, string Code, string Name, Money Owes, Money Owed, Money Net, Money BroughtForward, Money CarriedForward);

internal static class ShowClearingCycle
{
    public static void MapShowClearingCycle(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/clearing/cycles/{id}", async (string id, HttpContext http, ClearingReader reader, ClearingBooks books, TimeProvider clock, CancellationToken ct) =>
        {
            var now = clock.GetUtcNow();
            if (await reader.Find(id, now, ct) is not { } row)
                return ClosingRefusals.Unknown.ToHttp();
            var (figures, names, partner) = (await books.Of(row, ct), await reader.Names(ct), http.Caller().Partner);
            return Results.Ok(new ShownCycleFigures(
                ShownCycle.Of(row, now, partner is null), figures.Preliminary, figures.Through,
                [.. figures.Currencies.Select(c => Shown(c, names, partner)).Where(c => partner is null || c.Positions.Count > 0)]));
        })
        .RequireScope("settlement.read")
        .Produces<ShownCycleFigures>()
        .WithSummary("Show a clearing cycle")
        .WithDescription("One position per partner and currency, netted multilaterally: with the coalition's own account they add up to 0. Figures of a cycle that isn't "
            + "closed are preliminary. A partner's client sees its own position only.");

    private static ShownNetting Shown(CurrencyClearing currency, IReadOnlyDictionary<PartnerId, PartnerName> names, PartnerId? only)
    {
        var netting = currency.Netting;
        return new(
            currency.Currency.Code,
            [.. currency.Statements.Where(s => only is null || s.Partner == only).Select(s => Shown(s, names[s.Partner])).OrderBy(p => p.Code, StringComparer.Ordinal)],
            only is null ? netting.Coalition : null, only is null ? netting.Total : null);
    }

    private static ShownPosition Shown(Statement statement, PartnerName name)
    {
        var position = statement.Position;
        return new(
            name.Partner, name.Code, name.Name, position.Owes, position.Owed, position.Net,
            new(statement.BroughtForward, statement.Currency), new(statement.CarriedForward, statement.Currency));
    }
}
