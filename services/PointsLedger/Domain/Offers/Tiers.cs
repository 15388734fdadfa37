using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>Which tier a member's months lead to.</summary>
internal static class Tiers
{
    // What no window can look back on any more is forgotten.
    private const int Kept = 26;

    public static decimal MultiplierOf(this ProgrammeRules programme, string? tier) => programme.Tiers.FirstOrDefault(t => t.Id == tier)?.Multiplier ?? 1;

    /// <summary>0 below the first tier, and for a tier that there is no more.</summary>
    public static int RankOf(this ProgrammeRules programme, string? tier)
    {
        for (var i = 0; i < programme.Tiers.Length; i++)
        {
            if (programme.Tiers[i].Id == tier) return i + 1;
        }

        return 0;
    }

    /// <summary>The month in which something counts, in the programme's time zone; 0 where there are no tiers.</summary>
    public static int TierMonth(this ProgrammeRules programme, DateTimeOffset at) =>
        programme.Window is null ? 0 : NumberOf(TimeZoneInfo.ConvertTime(at, programme.Zone).DateTime);

    /// <summary>The highest tier that the window which ends with a month leads to; null for none.</summary>
    public static string? TierFor(this ProgrammeRules programme, ImmutableArray<MonthActivity> months, int month)
    {
        var start = programme.Window!.Kind == TierWindowKind.Calendar ? (month / 100 * 100) + 1 : Add(month, 1 - programme.Window.Months);
        var within = months.Where(m => m.Month >= start && m.Month <= month).ToList();
        return programme.Tiers.LastOrDefault(tier => IsReached(tier, within))?.Id;
    }

    /// <summary>When a tier that the window up to a month has led to must be looked at again, if nothing more happens.</summary>
    public static DateTimeOffset CheckAfter(
        this TierWindow window, ProgrammeRules programme, ImmutableArray<MonthActivity> months, string tier, int month)
    {
        if (window.Kind == TierWindowKind.Calendar) return Start((((month / 100) + 2) * 100) + 1, programme.Zone);
        var rank = programme.RankOf(tier);
        var last = month;
        while (programme.RankOf(programme.TierFor(months, Add(last, 1))) >= rank && last < Add(month, window.Months)) last = Add(last, 1);
        return Start(Add(last, 2), programme.Zone);
    }

    /// <summary>The higher of two tiers.</summary>
    public static string? Higher(this ProgrammeRules programme, string? a, string? b) => programme.RankOf(a) >= programme.RankOf(b) ? a : b;

    public static int MonthBefore(int month) => Add(month, -1);

    public static ImmutableArray<MonthActivity> Add(this ImmutableArray<MonthActivity> months, PointsAccrued e)
    {
        var month = months.FirstOrDefault(m => m.Month == e.TierMonth) ?? new(e.TierMonth, Points.Zero, 0, []);
        return months.With(month with
        {
            Points = month.Points + e.Earned(),
            Spend = month.Spend + e.Amount.Amount,
            Visits = Visit(month.Visits, e.Transaction.Partner, 1),
        });
    }

    public static ImmutableArray<MonthActivity> TakeBack(this ImmutableArray<MonthActivity> months, PurchaseReversed e) =>
        months.FirstOrDefault(m => m.Month == e.TierMonth) is not { } month ? months : months.With(month with
        {
            Points = month.Points - e.Taken(),
            Spend = month.Spend - e.Amount.Amount,
            Visits = e.Whole ? Visit(month.Visits, e.Transaction.Partner, -1) : month.Visits,
        });

    private static bool IsReached(Tier tier, List<MonthActivity> months) =>
        !(months.Sum(m => m.Points) < tier.Points) &&
        !(months.Sum(m => m.Spend) < tier.Spend) &&
        !(months.Sum(m => m.Visits.Sum(v => v.Count)) < tier.Visits) &&
        !(months.SelectMany(m => m.Visits).Select(v => v.Partner).Distinct().Count() < tier.Partners);

    private static ImmutableArray<MonthActivity> With(this ImmutableArray<MonthActivity> months, MonthActivity month)
    {
        var all = months.RemoveAll(m => m.Month == month.Month).Add(month).Sort((a, b) => a.Month.CompareTo(b.Month));
        return all.Length > Kept ? all.RemoveAt(0) : all;
    }

    private static ImmutableArray<MonthVisits> Visit(ImmutableArray<MonthVisits> visits, PartnerId partner, int count)
    {
        var known = visits.FirstOrDefault(v => v.Partner == partner) ?? new(partner, 0);
        visits = visits.RemoveAll(v => v.Partner == partner);
        return known.Count + count > 0 ? visits.Add(known with { Count = known.Count + count }) : visits;
    }

    private static int Add(int month, int months) => NumberOf(new DateTime(month / 100, month % 100, 1, 0, 0, 0, DateTimeKind.Unspecified).AddMonths(months));

    private static int NumberOf(DateTime at) => (at.Year * 100) + at.Month;

    private static DateTimeOffset Start(int month, TimeZoneInfo zone) =>
        LocalTime.Instant(new DateTime(month / 100, month % 100, 1, 0, 0, 0, DateTimeKind.Unspecified), zone);
}
