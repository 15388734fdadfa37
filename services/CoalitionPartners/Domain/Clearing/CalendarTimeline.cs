namespace Loyalty.CoalitionPartners.Domain.Clearing;

/// <summary>Rules and the instant from which they hold.</summary>
internal sealed record CalendarPeriod(DateTimeOffset From, CalendarRules Rules);

/// <summary>All time as an unbroken row of clearing cycles, each under the rules that held when it began.</summary>
internal sealed record CalendarTimeline(IReadOnlyList<CalendarPeriod> Periods)
{
    /// <summary>The usual rules, for ever.</summary>
    public static readonly CalendarTimeline Usual = new([new(DateTimeOffset.MinValue, CalendarRules.Usual)]);

    /// <summary>The same with other rules from an instant on, which is the end of a cycle; null: from the beginning.</summary>
    public CalendarTimeline With(DateTimeOffset? from, CalendarRules rules)
    {
        var start = from ?? DateTimeOffset.MinValue;
        return new([.. Periods.Where(p => p.From < start), new CalendarPeriod(start, rules)]);
    }

    /// <summary>The cycle in which an instant lies.</summary>
    public Cycle At(DateTimeOffset instant)
    {
        var period = Periods.Count - 1;
        while (period > 0 && Periods[period].From > instant)
            period--;
        var (since, rules) = Periods[period];
        var id = rules.At(instant);
        if (period == 0)
            return new(id, rules.StartOf(id), rules.EndOf(id), rules.DueOf(id));

        // New rules may begin amid one of their own cycles. What is left of it bears its name, unless the cycle before bears it already, or a
        // later one: then it belongs to the one after that.
        var before = At(since.AddTicks(-1)).Id;
        if (id.Cadence == before.Cadence && id.First <= before.First)
            id = before.Next();
        var from = id.Previous() == before || rules.StartOf(id) < since ? since : rules.StartOf(id);
        return new(id, from, rules.EndOf(id), rules.DueOf(id));
    }

    /// <summary>The cycle of this name, or null where the calendar never has one.</summary>
    public Cycle? Find(CycleId id)
    {
        foreach (var (since, rules) in Periods.Where(p => p.Rules.Cadence == id.Cadence))
        {
            var start = rules.StartOf(id);
            if (At(start < since ? since : start) is var cycle && cycle.Id == id)
                return cycle;
        }

        return null;
    }
}
