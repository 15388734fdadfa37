namespace Loyalty.CoalitionPartners.Domain.Clearing;

/// <summary>Where a posting goes.</summary>
/// <param name="Cycle">The cycle in which it is cleared.</param>
/// <param name="Origin">The cycle in which it took place; another one when it came late.</param>
internal readonly record struct Assigned(Cycle Cycle, Cycle Origin);

/// <summary>What the log says about cycles up to one of its places, and therefore where the next posting goes.</summary>
/// <param name="CutUntil">The end of the latest cycle that has been cut: no earlier one takes anything any more.</param>
internal sealed record ClearingState(CalendarTimeline Calendar, DateTimeOffset CutUntil)
{
    public static readonly ClearingState Initial = new(CalendarTimeline.Usual, DateTimeOffset.MinValue);

    /// <summary>To the cycle in which it took place, or else the earliest that is not cut.</summary>
    public Assigned Assign(DateTimeOffset occurredAt)
    {
        var origin = Calendar.At(occurredAt);
        return new(occurredAt < CutUntil ? Calendar.At(CutUntil) : origin, origin);
    }

    /// <summary>The cycle that takes what is no posting: the earliest that is not cut. Before any is cut, the one that runs.</summary>
    public Cycle Open(DateTimeOffset recordedAt) => Calendar.At(CutUntil == DateTimeOffset.MinValue ? recordedAt : CutUntil);

    public ClearingState When(object @event) => @event switch
    {
        ClearingCalendarPublished e => this with { Calendar = Calendar.With(e.From, e.Rules()) },
        CycleCut e when e.Until > CutUntil => this with { CutUntil = e.Until },
        _ => this,
    };
}
