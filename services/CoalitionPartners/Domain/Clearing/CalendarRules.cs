namespace Loyalty.CoalitionPartners.Domain.Clearing;

/// <summary>A clearing cycle and its time, half-open: what happens at <paramref name="Until"/> is in the next one.</summary>
/// <param name="Due">The end of the days of grace in which late postings are still collected; from then on it may be closed.</param>
internal sealed record Cycle(CycleId Id, DateTimeOffset From, DateTimeOffset Until, DateTimeOffset Due)
{
    public bool Contains(DateTimeOffset instant) => From <= instant && instant < Until;
}

/// <summary>When clearing cycles begin and end.</summary>
/// <param name="TimeZone">IANA time zone in which days and the cut-off are meant.</param>
/// <param name="CutOff">The time of day at which a cycle ends on its last day; midnight is the one after that day.</param>
/// <param name="GraceDays">For how many days after its end postings of a cycle are collected.</param>
internal sealed record CalendarRules(Cadence Cadence, string TimeZone, TimeOnly CutOff, int GraceDays)
{
    /// <summary>What holds as long as nobody has said otherwise: months in UTC, without grace.</summary>
    public static readonly CalendarRules Usual = new(Cadence.Monthly, "Etc/UTC", TimeOnly.MinValue, 0);

    /// <summary>The cycle in which an instant lies.</summary>
    public CycleId At(DateTimeOffset instant)
    {
        var id = CycleId.Of(Cadence, DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, Zone).DateTime));
        while (EndOf(id) <= instant)
            id = id.Next();
        while (StartOf(id) > instant)
            id = id.Previous();
        return id;
    }

    public DateTimeOffset StartOf(CycleId id) => EndOf(id.First.AddDays(-1));

    public DateTimeOffset EndOf(CycleId id) => EndOf(id.Last);

    public DateTimeOffset DueOf(CycleId id) => EndOf(id.Last.AddDays(GraceDays));

    private TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    // Where the clocks go back, the cut-off is the later of the two equal times; where they go forward over it, it is read as if they hadn't yet.
    private DateTimeOffset EndOf(DateOnly day)
    {
        var local = (CutOff == TimeOnly.MinValue ? day.AddDays(1) : day).ToDateTime(CutOff);
        return new DateTimeOffset(local, Zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
