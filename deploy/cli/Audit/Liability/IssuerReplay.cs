using System.Globalization;
using System.Numerics;

namespace Loyalty.Cli.Audit.Liability;

/// <summary>What moved in a month's books of points of one vintage and agreement.</summary>
internal readonly record struct BookRow(string Vintage, int Agreement, string Period, Moved Moved);

/// <summary>Where points of a vintage stand at the end of a month. Amounts are minor units.</summary>
internal sealed record CohortStanding(
    Guid Issuer, string Vintage, string Currency, Moved Moved, Moved ToDate, long AtFundingPrice, long Allocated, int? EstimateVersion, long Expected, long Recognised, long RecognisedBefore);

/// <summary>
/// The books of one issuer at the end of a month, computed once more: what outstanding points cost, and how much of what customers paid is for
/// points and has become revenue, by IFRS 15 as docs/liability.md tells it.
/// </summary>
internal sealed class IssuerReplay(Guid issuer, IReadOnlyList<BookRow> rows, AgreedWorths agreed, ApprovedEstimates estimates)
{
    private readonly string currency = agreed.Of(issuer, rows[0].Agreement).Currency;

    public Guid Issuer => issuer;

    /// <param name="before">What had been recognised by the end of the month before; null to compute it.</param>
    public IEnumerable<CohortStanding> At(string month, Func<string, long>? before)
    {
        foreach (var vintage in rows.GroupBy(r => r.Vintage))
        {
            var now = Figures(vintage.Key, month);
            yield return new(
                issuer, vintage.Key, currency, Sum(vintage.Where(r => r.Period == month)), Sum(vintage),
                Currencies.Minor(vintage.Sum(r => r.Moved.Outstanding * agreed.Of(issuer, r.Agreement).Funding), currency),
                now.Allocated, now.Version, now.Expected, now.Recognised, before?.Invoke(vintage.Key) ?? Figures(vintage.Key, Add(month, -1)).Recognised);
        }
    }

    private (long Allocated, int? Version, long Expected, long Recognised) Figures(string vintage, string month)
    {
        var own = rows.Where(r => r.Vintage == vintage && IsThrough(r.Period, month)).ToList();
        if (own.Count == 0) return default;
        var sum = Sum(own);
        var allocated = Allocated(own, sum, vintage == Cohort.Unknown ? month : vintage);
        var (version, expected) = Expected(sum, vintage, month);
        return (allocated, version, expected, sum.Used >= expected ? allocated : sum.Used <= 0 ? 0 : Rounded(allocated, sum.Used, expected));
    }

    // Shared in proportion to what goods and points sell for by themselves, by what was expected when the points were accrued.
    private long Allocated(List<BookRow> own, Moved sum, string begun)
    {
        var estimate = estimates.InForce(issuer, begun);
        var worth = own.Sum(r => r.Moved.Granted * (estimate?.Worth ?? agreed.Of(issuer, r.Agreement).Redeem)) * Currencies.MinorPerUnit(currency);
        if (worth <= 0 || sum.Granted <= 0 || sum.Sales <= 0) return 0;
        var points = worth * (estimate?.Rate ?? Projected(begun, sum.Granted, 0, null) / sum.Granted);
        return points <= 0 ? 0 : ShareOf(sum.Sales, points);
    }

    private (int? Version, long Points) Expected(Moved sum, string vintage, string month)
    {
        var estimate = estimates.InForce(issuer, month);
        var points = estimate is null ? Projected(month, sum.Granted, sum.Used, vintage == Cohort.Unknown ? null : Months(vintage, month)) : sum.Granted * estimate.Rate;
        // Neither fewer than were used, nor more than can be.
        return (estimate?.Version, Math.Max(sum.Used, Math.Min((long)decimal.Round(points, 0, MidpointRounding.ToEven), sum.Used + sum.Outstanding)));
    }

    // A chain ladder over the vintages of which nothing is outstanding at the end of a month.
    private decimal Projected(string month, long granted, long used, int? age)
    {
        var completed = rows.Where(r => r.Vintage != Cohort.Unknown && IsThrough(r.Period, month)).GroupBy(r => r.Vintage)
            .Where(v => Sum(v) is { Granted: > 0, Outstanding: <= 0 }).ToList();
        if (completed.Count == 0) return granted;
        var all = completed.SelectMany(v => v.Select(r => (Age: Math.Max(Months(v.Key, r.Period), 0), r.Moved))).ToList();
        var end = all.Sum(a => a.Moved.Used);
        var soFar = age is { } reached ? all.Where(a => a.Age <= Math.Max(reached, 0)).Sum(a => a.Moved.Used) : 0;
        return soFar > 0 && used > 0 ? (decimal)used * end / soFar : (decimal)granted * end / all.Sum(a => a.Moved.Granted);
    }

    private static Moved Sum(IEnumerable<BookRow> of) => of.Aggregate(default(Moved), (sum, row) => sum + row.Moved);

    private static bool IsThrough(string period, string month) => string.CompareOrdinal(period, month) <= 0;

    private static DateOnly First(string month) => DateOnly.ParseExact(month, "yyyy-MM", CultureInfo.InvariantCulture);

    private static string Add(string month, int months) => First(month).AddMonths(months).ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private static int Months(string from, string to) => ((First(to).Year - First(from).Year) * 12) + First(to).Month - First(from).Month;

    // Both shares are rounded down; what is left goes to the one that lost more, to the goods where they lost alike.
    private static long ShareOf(long amount, decimal points)
    {
        var whole = Scaled(amount + points);
        var (share, rest) = BigInteger.DivRem(amount * Scaled(points), whole);
        var (goods, restOfGoods) = BigInteger.DivRem(amount * Scaled(amount), whole);
        return (long)(share + goods < amount && rest > restOfGoods ? share + 1 : share);
    }

    private static long Rounded(long amount, long part, long whole)
    {
        var share = BigInteger.DivRem((BigInteger)amount * part, whole, out var rest);
        var half = (rest * 2).CompareTo(whole);
        return (long)(half > 0 || (half == 0 && !share.IsEven) ? share + 1 : share);
    }

    // In units that are smaller than any decimal tells.
    private static BigInteger Scaled(decimal number)
    {
        var scale = (int)number.Scale;
        return new BigInteger(number * (decimal)BigInteger.Pow(10, scale)) * BigInteger.Pow(10, 28 - scale);
    }
}
