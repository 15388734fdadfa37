using System.Globalization;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>What a clock on the wall of a time zone shows, and back.</summary>
internal static class LocalTime
{
    /// <summary>
    /// The first instant at which the clock shows this time or, where it skips it, goes on past it. Of a time that it shows
    /// twice that is the earlier.
    /// </summary>
    public static DateTimeOffset Instant(DateTime local, TimeZoneInfo zone)
    {
        // Asked by instants only: by local time .NET does not find the last millisecond of a doubled hour doubled.
        var before = zone.GetUtcOffset(new DateTimeOffset(local, TimeSpan.Zero).AddDays(-1));
        var first = new DateTimeOffset(local, before);
        var after = zone.GetUtcOffset(first);
        if (after == before) return first.ToUniversalTime();
        var second = new DateTimeOffset(local, after);
        return (zone.GetUtcOffset(second) == after ? second : first).ToUniversalTime();
    }

    /// <summary>Midnight of the first day of the month after.</summary>
    public static DateTime MonthAfter(DateTime local) => new DateTime(local.Year, local.Month, 1).AddMonths(1);
}

/// <summary>When a purchase was made by its store's clock. Most purchases meet no rule that asks, so it is worked out only then.</summary>
internal sealed class StoreTime(DateTimeOffset at, TimeZoneInfo zone)
{
    private DateTime? local;

    public DateTime Clock => local ??= TimeZoneInfo.ConvertTime(at, zone).DateTime;

    public DateOnly Date => DateOnly.FromDateTime(Clock);

    /// <summary>Whether the day is at most three from the celebration. 29 February is celebrated on the 28th in common years.</summary>
    public bool IsInWeekOf(DateOnly celebration)
    {
        // In the first days of January the nearest celebration may be last December's, and the other way round.
        for (var year = Math.Max(Date.Year - 1, 1); year <= Math.Min(Date.Year + 1, 9999); year++)
        {
            var day = Math.Min(celebration.Day, DateTime.DaysInMonth(year, celebration.Month));
            if (Math.Abs(new DateOnly(year, celebration.Month, day).DayNumber - Date.DayNumber) <= 3) return true;
        }

        return false;
    }

    /// <summary>The name of a cap's window that the purchase falls into, by which uses are kept.</summary>
    public string Window(CapWindow window) => window switch
    {
        CapWindow.Day => $"day {Day(Date)}",
        CapWindow.Week => $"week {Day(Date.AddDays(-(((int)Date.DayOfWeek + 6) % 7)))}",
        CapWindow.Month => $"month {Date.ToString("yyyy-MM", CultureInfo.InvariantCulture)}",
        CapWindow.Year => $"year {Date.ToString("yyyy", CultureInfo.InvariantCulture)}",
        _ => "offer",
    };

    private static string Day(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
