using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Clearing;

/// <summary>A calendar was published. Its members are storage format: see Storage/StoredEvents.cs before renaming one.</summary>
/// <param name="From">The end of a cycle from which it holds; null: from the beginning, because nothing had been settled yet.</param>
internal sealed record ClearingCalendarPublished(
    int Version, Cadence Cadence, string TimeZone, TimeOnly CutOff, int GraceDays, DateTimeOffset? From, DateTimeOffset PublishedAt)
{
    public CalendarRules Rules() => new(Cadence, TimeZone, CutOff, GraceDays);
}

/// <summary>The calendar of clearing: every version of it that there ever was. There is one such stream.</summary>
internal sealed record ClearingCalendar(Guid Id, IReadOnlyList<ClearingCalendarPublished> Versions) : IAggregate<ClearingCalendar>
{
    public static readonly Guid Stream = new("5a4b0d3e-6f0b-5c61-8f2d-0b7f1d9a2c35");

    public static string Alias => "clearing_calendar";

    public static ClearingCalendar Initial(Guid streamId) => new(streamId, []);

    public CalendarTimeline Timeline => Versions.Aggregate(CalendarTimeline.Usual, (timeline, v) => timeline.With(v.From, v.Rules()));

    /// <summary>
    /// Another calendar takes over at the end of the cycle that runs at <paramref name="effectiveFrom"/>, or runs now, and takes the place of
    /// any that would begin later. Only before anything was settled may one hold from the beginning.
    /// </summary>
    public Decision<ClearingCalendarPublished> Publish(CalendarRules rules, DateTimeOffset? effectiveFrom, bool anythingSettled, DateTimeOffset at)
    {
        if (Versions.Count > 0 && Versions[^1].Rules() == rules && effectiveFrom is null)
            return Decision<ClearingCalendarPublished>.Accept();
        if (effectiveFrom < at)
            return new Refusal("calendar-backdated", "A calendar can't start in the past. Send an effectiveFrom that is still to come, or none.");
        if (effectiveFrom > at.AddYears(10))
            return new Refusal("effective-from-not-allowed", "A calendar starts within ten years from now.");
        DateTimeOffset? from = effectiveFrom is null && !anythingSettled ? null : Timeline.At(effectiveFrom ?? at).Until;
        return Versions.Count > 0 && Versions[^1].Rules() == rules && Versions[^1].From == from
            ? Decision<ClearingCalendarPublished>.Accept()
            : Decision<ClearingCalendarPublished>.Accept(new ClearingCalendarPublished(
                Versions.Count + 1, rules.Cadence, rules.TimeZone, rules.CutOff, rules.GraceDays, from, at));
    }

    public ClearingCalendar When(object @event) => @event switch
    {
        ClearingCalendarPublished e => this with { Versions = [.. Versions, e] },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of the clearing calendar."),
    };
}
