using Loyalty.CoalitionPartners.Domain;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Partners;

/// <summary>A block, from its proposal on.</summary>
/// <param name="Price">What a point costs, in units of the currency.</param>
/// <param name="Maker">Who has proposed it; null where the agreement replenishes by itself.</param>
/// <param name="Checker">Who has decided; null before, and where nobody had to.</param>
internal sealed record BlockLine(
    Guid BlockId, BlockStatus Status, long Points, decimal Price, string Currency, int AgreementVersion, string? Maker, string? Checker,
    DateTimeOffset ProposedAt, DateTimeOffset? DecidedAt)
{
    public static BlockLine Of(Block b) =>
        new(b.Id, b.Status, b.Points.Value, b.Price, b.Currency.Code, b.AgreementVersion, b.Maker, b.Checker, b.ProposedAt, b.DecidedAt);
}

/// <summary>Fewer points were left than agreed.</summary>
internal sealed record BlockAlert(DateTimeOffset NoticedAt, long Left, long AlertBelow);

/// <summary>What a partner has paid for beforehand.</summary>
/// <param name="Bought">Points of all blocks.</param>
/// <param name="Used">Points issued out of them, net of returns.</param>
/// <param name="Left">The difference; below zero where more was issued than bought.</param>
/// <param name="RunningLow">Whether it is below the agreed mark now.</param>
internal sealed record ShownBlocks(
    Guid PartnerId, long Bought, long Used, long Left, bool RunningLow, IEnumerable<BlockAlert> Alerts, IEnumerable<BlockLine> Blocks);

internal static class ShowBlocks
{
    public static void MapShowBlocks(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/partners/{partnerId:guid}/blocks", async (Guid partnerId, HttpContext http, DocumentStore store, CancellationToken ct) =>
            (http.Caller().Partner is { } own && own.Value != partnerId) || await store.Load<Partner>(partnerId, ct) is not { State.Admission: not null } ? Problem.NotFound()
            : (IResult)TypedResults.Ok(Shown(partnerId, (await store.Load<PrepaidAccount>(PrepaidAccount.IdOf(new(partnerId)), ct))?.State ?? PrepaidAccount.Initial(partnerId))))
        .RequireScope("partners.manage", "partners.approve", "settlement.read")
        .Produces<ShownBlocks>()
        .WithSummary("Show prepaid blocks")
        .WithDescription("What was bought, what was issued out of it, what is left, and when it ran low. It follows the ledger by a moment. A partner's own client sees its own only.");

    private static ShownBlocks Shown(Guid partner, PrepaidAccount account) => new(
        partner, account.Bought.Value, account.Issued.Value, account.Left().Value, account.Low is not null,
        account.Alerts.Select(a => new BlockAlert(a.NoticedAt, a.Left.Value, a.AlertBelow.Value)), account.Blocks.Select(BlockLine.Of));
}
