using Loyalty.PointsLedger.Domain.Offers;

namespace Loyalty.PointsLedger.Tests.Domain.Modelled;

/// <summary>Dates as somebody with a calendar and a clock on the wall would work them out.</summary>
internal sealed class Calendar(TimeZoneInfo zone)
{
    public DateTime Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone).DateTime;

    public int Month(DateTimeOffset at) => (Local(at).Year * 12) + Local(at).Month - 1;

    public DateTimeOffset StartOf(int month) => Instant(new DateTime(month / 12, (month % 12) + 1, 1));

    public DateTimeOffset? Expiry(Expiry rule, DateTimeOffset purchase) => rule.Kind switch
    {
        ExpiryKind.Never => null,
        ExpiryKind.Fixed => rule.On,
        ExpiryKind.EndOfMonth => StartOf(Month(purchase) + rule.Months + 1),
        _ => Instant(MonthsLater(Local(purchase), rule.Months)),
    };

    public static DateTimeOffset? Activation(Activation rule, DateTimeOffset purchase, DateTimeOffset recorded)
    {
        var at = rule.Days is { } days ? purchase + TimeSpan.FromDays(days) : rule.On ?? purchase;
        return at > purchase && at > recorded ? at : null;
    }

    /// <summary>The same day and time of a later month, or that month's last day where it has no such day.</summary>
    public static DateTime MonthsLater(DateTime from, int months)
    {
        var month = (from.Year * 12) + from.Month - 1 + months;
        var (year, number) = (month / 12, (month % 12) + 1);
        return new DateTime(year, number, Math.Min(from.Day, DateTime.DaysInMonth(year, number))) + from.TimeOfDay;
    }

    // Tries the offsets of the days around: the earliest instant at which the wall clock shows that time. Where it shows it never,
    // clocks have just gone forward, and it is counted on from before.
    private DateTimeOffset Instant(DateTime local)
    {
        var around = new[] { -1, 1 }.Select(day => zone.GetUtcOffset(new DateTimeOffset(local, TimeSpan.Zero).AddDays(day))).ToList();
        var shown = around.Select(offset => new DateTimeOffset(local, offset)).Where(at => Local(at) == local).ToList();
        return shown.Count > 0 ? shown.Min() : new DateTimeOffset(local, around[0]);
    }
}
