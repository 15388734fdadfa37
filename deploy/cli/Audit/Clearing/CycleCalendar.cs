using System.Globalization;
using System.Text.Json;

namespace Loyalty.Cli.Audit.Clearing;

/// <summary>A clearing cycle by its name, and its time, which is half-open.</summary>
internal sealed record ReplayedCycle(string Name, DateTimeOffset From, DateTimeOffset Until)
{
    public bool Contains(DateTimeOffset instant) => From <= instant && instant < Until;
}

/// <summary>In which cycle an instant lies, by every calendar that was published: each holds from the end of a cycle on.</summary>
internal sealed class CycleCalendar
{
    private readonly List<(DateTimeOffset Since, BusinessDays Days)> calendars = [(DateTimeOffset.MinValue, new("monthly", "Etc/UTC", TimeOnly.MinValue))];
    private ReplayedCycle? last;

    public void Publish(JsonElement fact)
    {
        var since = fact.TimeOrNone("From") ?? DateTimeOffset.MinValue;
        calendars.RemoveAll(c => c.Since >= since);
        calendars.Add((since, new(fact.Text("Cadence"), fact.Text("TimeZone"), TimeOnly.Parse(fact.Text("CutOff"), CultureInfo.InvariantCulture))));
        last = null;
    }

    public ReplayedCycle At(DateTimeOffset instant) => last?.Contains(instant) == true ? last : last = Find(instant);

    private ReplayedCycle Find(DateTimeOffset instant)
    {
        var at = calendars.FindLastIndex(c => c.Since <= instant);
        return at > 0 && First(at) is var first && instant < first.Until ? first : calendars[at].Days.CycleAround(instant);
    }

    // A calendar may take over amid one of its own cycles. The rest is one that begins late; where its name, or a later one, is taken, it is the
    // beginning of the next that isn't. Names that are as long are of one cadence, and sort as their cycles do.
    private ReplayedCycle First(int calendar)
    {
        var (since, days) = calendars[calendar];
        var (first, before) = (days.CycleAround(since), Find(since.AddTicks(-1)).Name);
        while (first.Name.Length == before.Length && string.CompareOrdinal(first.Name, before) <= 0) first = days.CycleAround(first.Until);
        return first with { From = since };
    }
}

/// <summary>Days that end at a cut-off in a time zone, and their days, weeks or months.</summary>
internal sealed class BusinessDays(string cadence, string timeZone, TimeOnly cutOff)
{
    private readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(timeZone);

    public ReplayedCycle CycleAround(DateTimeOffset instant)
    {
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);
        while (EndOf(day) <= instant) day = day.AddDays(1);
        while (EndOf(day.AddDays(-1)) > instant) day = day.AddDays(-1);
        var (name, first, next) = cadence switch
        {
            "daily" => (day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), day, day.AddDays(1)),
            "weekly" => Week(day),
            "monthly" => (day.ToString("yyyy-MM", CultureInfo.InvariantCulture), day.AddDays(1 - day.Day), day.AddDays(1 - day.Day).AddMonths(1)),
            _ => throw new FormatException($"Nobody knows how long {cadence} is."),
        };
        return new(name, EndOf(first.AddDays(-1)), EndOf(next.AddDays(-1)));
    }

    private static (string Name, DateOnly First, DateOnly Next) Week(DateOnly day)
    {
        var (year, week) = (ISOWeek.GetYear(day), ISOWeek.GetWeekOfYear(day));
        var monday = ISOWeek.ToDateOnly(year, week, DayOfWeek.Monday);
        return (string.Create(CultureInfo.InvariantCulture, $"{year:0000}-W{week:00}"), monday, monday.AddDays(7));
    }

    // A cut-off at midnight is the end of the day, any other one the time of that day.
    private DateTimeOffset EndOf(DateOnly day)
    {
        var local = (cutOff == TimeOnly.MinValue ? day.AddDays(1) : day).ToDateTime(cutOff);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
