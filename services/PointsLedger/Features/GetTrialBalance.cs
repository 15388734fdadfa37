using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

/// <param name="EffectiveOn">The last day, in UTC, of what happened; null for everything.</param>
/// <param name="KnownOn">The last day, in UTC, of what was recorded; null for everything.</param>
/// <param name="UpToSequence">The last event of the log that is in the sums.</param>
/// <param name="Units">Per unit the sum of all balances, which is 0.</param>
/// <param name="Lines">By unit and ledger account, in the order of their names.</param>
internal sealed record TrialBalance(
    DateOnly? EffectiveOn, DateOnly? KnownOn, long UpToSequence, IReadOnlyList<TrialBalanceUnit> Units, IReadOnlyList<TrialBalanceLine> Lines);

/// <param name="Unit">What is counted.</param>
/// <param name="Debit">What went into all ledger accounts.</param>
/// <param name="Credit">What went out of them.</param>
/// <param name="Total">Debit less credit: 0, or the books are wrong.</param>
internal sealed record TrialBalanceUnit(string Unit, long Debit, long Credit, long Total);

internal static class GetTrialBalanceEndpoint
{
    public static void MapGetTrialBalance(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/books/trial-balance", async (
            string? effectiveAt, string? knownAt, HttpContext http, TrialBalanceReader books, CancellationToken ct) =>
        {
            http.RequireOperator();
            var (effectiveOn, knownOn) = (LookingBack.Day("effectiveAt", effectiveAt), LookingBack.Day("knownAt", knownAt));
            var (lines, upTo) = await books.Read(effectiveOn, knownOn, ct);
            var units = lines.GroupBy(l => l.Unit, StringComparer.Ordinal)
                .Select(u => new TrialBalanceUnit(u.Key, u.Sum(l => l.Debit), u.Sum(l => l.Credit), u.Sum(l => l.Balance)));
            return Results.Ok(new TrialBalance(effectiveOn, knownOn, upTo, [.. units], lines));
        })
        .RequireScope("settlement.read")
        .WithSummary("Trial balance of the whole programme")
        .WithDescription(
            "Every posting of every account, summed up by ledger account: what went in (debit), what went out (credit) and their difference, which over all " +
            "ledger accounts is zero. Ledger accounts of members stand in one line per kind. The programme as it was: effectiveAt takes only what had " +
            "happened by then, knownAt only what the ledger had recorded by then, so a late receipt appears in an old day once it is known. Both are dates " +
            "or times and count as whole days in UTC, the named one included; for instants ask for a single account. Follows the ledger by a moment; " +
            "upToSequence says how far. For operators.")
        .Produces<TrialBalance>();
}
