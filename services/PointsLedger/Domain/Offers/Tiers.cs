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
        var (points, spend, visits) = (Points.Zero, 0m, 0);
        foreach (var m in months)
        {
            if (m.Month < start || m.Month > month) continue;
            (points, spend) = (points + m.Points, spend + m.Spend);
            foreach (var visit in m.Visits) visits += visit.Count;
        }

        for (var i = programme.Tiers.Length - 1; i >= 0; i--)
        {
            var tier = programme.Tiers[i];
            if (!(points < tier.Points) && !(spend < tier.Spend) && !(visits < tier.Visits) && (tier.Partners is not { } partners || PartnersWithin(months, start, month) >= partners))
                return tier.Id;
        }

        return null;
    }

    /// <summary>
    /// When a tier must be looked at again, if nothing more happens. The window that ends with a month leads to it, or else the one before
    /// did, and it holds until this one is over.
    /// </summary>
    public static DateTimeOffset CheckAfter(
        this TierWindow window, ProgrammeRules programme, ImmutableArray<MonthActivity> months, string tier, int month)
    {
        var rank = programme.RankOf(tier);
        if (window.Kind == TierWindowKind.Calendar) return Start((((month / 100) + (LeadsTo(month) ? 2 : 1)) * 100) + 1, programme.Zone);
        var last = MonthBefore(month);
        while (LeadsTo(Add(last, 1)) && last < Add(month, window.Months)) last = Add(last, 1);
        return Start(Add(last, 2), programme.Zone);

        bool LeadsTo(int end) => programme.RankOf(programme.TierFor(months, end)) >= rank;
    }

    /// <summary>The month with which the window ends that was over last, as seen from a month.</summary>
    public static int EndBefore(this TierWindow window, int month) => window.Kind == TierWindowKind.Calendar ? (((month / 100) - 1) * 100) + 12 : MonthBefore(month);

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

    private static int PartnersWithin(ImmutableArray<MonthActivity> months, int start, int end) =>
        months.Where(m => m.Month >= start && m.Month <= end).SelectMany(m => m.Visits).Select(v => v.Partner).Distinct().Count();

    private static ImmutableArray<MonthActivity> With(this ImmutableArray<MonthActivity> months, MonthActivity month)
    {
        var at = months.Length;
        while (at > 0 && months[at - 1].Month > month.Month) at--;
        if (at > 0 && months[at - 1].Month == month.Month) return months.SetItem(at - 1, month);
        var all = months.Insert(at, month);
        return all.Length > Kept ? all.RemoveAt(0) : all;
    }

    private static ImmutableArray<MonthVisits> Visit(ImmutableArray<MonthVisits> visits, PartnerId partner, int count)
    {
        for (var i = 0; i < visits.Length; i++)
        {
            if (visits[i].Partner != partner) continue;
            return visits[i].Count + count > 0 ? visits.SetItem(i, new(partner, visits[i].Count + count)) : visits.RemoveAt(i);
        }

        return count > 0 ? visits.Add(new(partner, count)) : visits;
    }

    private static int Add(int month, int months) => NumberOf(new DateTime(month / 100, month % 100, 1, 0, 0, 0, DateTimeKind.Unspecified).AddMonths(months));

    private static int NumberOf(DateTime at) => (at.Year * 100) + at.Month;

    private static DateTimeOffset Start(int month, TimeZoneInfo zone) =>
        LocalTime.Instant(new DateTime(month / 100, month % 100, 1, 0, 0, 0, DateTimeKind.Unspecified), zone);
}
