using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

/// <param name="Account">The account.</param>
/// <param name="EffectiveAt">What happened later is left out; null for nothing.</param>
/// <param name="KnownAt">What was recorded later is left out; null for nothing.</param>
/// <param name="Balance">Points that could be spent then.</param>
/// <param name="Pending">Points that could not be spent yet.</param>
/// <param name="Reserved">Points set aside in open reservations.</param>
/// <param name="Debt">Points the member owed.</param>
/// <param name="Tier">The member's tier; null for none.</param>
/// <param name="Version">The last fact of the account that was known; 0 before the first.</param>
/// <param name="Lots">What the points were made of, in the order of their accrual.</param>
internal sealed record AccountAsOf(
    Guid Account, DateTimeOffset? EffectiveAt, DateTimeOffset? KnownAt, long Balance, long Pending, long Reserved, long Debt, string? Tier, long Version,
    IReadOnlyList<LotAsOf> Lots);

/// <param name="Lot">The lot's number in its account.</param>
/// <param name="Issuer">The partner that funds the points.</param>
/// <param name="Purchase">The id of the purchase that earned them.</param>
/// <param name="Offer">The offer that granted them and its version, <c>double-monday@3</c>; null for points of the agreement.</param>
/// <param name="Accrued">How many points it began with.</param>
/// <param name="Remaining">How many there were, those set aside included.</param>
/// <param name="Reserved">How many of them were set aside.</param>
/// <param name="ActivatesAt">From this instant on they can be spent; null for at once.</param>
/// <param name="ExpiresAt">From this instant on they are worth nothing; null for never.</param>
internal sealed record LotAsOf(
    int Lot, Guid Issuer, string Purchase, string? Offer, long Accrued, long Remaining, long Reserved, DateTimeOffset? ActivatesAt, DateTimeOffset? ExpiresAt)
{
    public static LotAsOf Of(Lot lot) => new(
        lot.From.Lot, lot.From.Issuer.Value, lot.From.Purchase.Value, lot.From.Offer, lot.From.Accrued.Value, lot.Remaining.Value, lot.Reserved.Value,
        lot.From.ActivatesAt, lot.From.ExpiresAt);
}

internal static class GetAccountAsOfEndpoint
{
    public static void MapGetAccountAsOf(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/accounts/{id:guid}/as-of", async (
            Guid id, string? effectiveAt, string? knownAt, HttpContext http, AccountReader accounts, HindsightReader hindsight, TimeProvider clock,
            CancellationToken ct) =>
        {
            http.RequireOperator();
            var (effective, known) = (LookingBack.Instant("effectiveAt", effectiveAt), LookingBack.Instant("knownAt", knownAt));
            if (await accounts.Read(AccountId.From(id), ct) is not { State.Closed: false }) return Problem.NotFound();
            var then = await hindsight.Read(AccountId.From(id), effective, known, ct);
            var (account, at) = (then.State, effective ?? clock.GetUtcNow());
            return Results.Ok(new AccountAsOf(
                id, effective, known, account.Balance(at).Value, account.Pending(at).Value, account.Reserved().Value, account.Debt.Value, account.Tier?.Id,
                then.Version, [.. account.Lots.Where(lot => !lot.HasLapsedAt(at) || lot.Reserved != Points.Zero).Select(LotAsOf.Of)]));
        })
        .RequireScope("ledger.read")
        .WithSummary("An account as it was")
        .WithDescription(
            "Balance, lots, reserved and pending points, debt and tier effective at one instant, as known at another: effectiveAt takes only what had happened by then and " +
            "leaves out what had lapsed, knownAt takes only what the ledger had recorded by then; both instants included. Without effectiveAt everything " +
            "counts that is known, and lapses are judged by now; without knownAt everything that is recorded. A lot or the balance may be below zero where, " +
            "by the clocks of tills, points were spent before they were earned. A reservation that has timed out stays set aside until that is written down. The whole stream up to knownAt is read, so this is for looking into things, " +
            "not for tills. For operators.")
        .Produces<AccountAsOf>();
}
