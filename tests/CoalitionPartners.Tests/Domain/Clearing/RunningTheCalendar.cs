using System.Globalization;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Tests.Domain.Clearing;

public sealed class RunningTheCalendar
{
    private static readonly CalendarRules Days = new(Cadence.Daily, "Europe/Vienna", TimeOnly.MinValue, 0);
    private static readonly CalendarRules Weeks = Days with { Cadence = Cadence.Weekly };
    private static readonly CalendarRules Months = Days with { Cadence = Cadence.Monthly };

    [Theory]
    [InlineData("2017-03", "2017-03-01", "2017-03-31")]
    [InlineData("2016-02", "2016-02-01", "2016-02-29")]
    [InlineData("2017-03-14", "2017-03-14", "2017-03-14")]
    [InlineData("2017-W09", "2017-02-27", "2017-03-05")]
    [InlineData("2020-W53", "2020-12-28", "2021-01-03")]
    [InlineData("2019-W01", "2018-12-31", "2019-01-06")]
    [InlineData("2016-W53", null, null)]
    [InlineData("2017-W00", null, null)]
    [InlineData("2017-13", null, null)]
    [InlineData("2017-02-30", null, null)]
    [InlineData("2017-w09", null, null)]
    [InlineData("2017-W+9", null, null)]
    [InlineData("0001-01", null, null)]
    [InlineData("", null, null)]
    public void names_days_weeks_and_months(string text, string? first, string? last)
    {
        if (!CycleId.TryParse(text, out var id) || first is null)
        {
            (first ?? last).ShouldBeNull();
            CycleId.TryParse(text, out _).ShouldBeFalse();
            return;
        }

        id.ToString().ShouldBe(text);
        id.First.ShouldBe(DateOnly.Parse(first, CultureInfo.InvariantCulture));
        id.Last.ShouldBe(DateOnly.Parse(last!, CultureInfo.InvariantCulture));
        id.Next().Previous().ShouldBe(id);
    }

    [Theory]
    [InlineData("2017-03-25", 24)]
    [InlineData("2017-03-26", 23)]
    [InlineData("2017-10-29", 25)]
    public void knows_days_of_23_and_25_hours(string day, int hours)
    {
        var cycle = Of(Days).Find(Id(day))!;
        (cycle.Until - cycle.From).TotalHours.ShouldBe(hours);
    }

    [Fact]
    public void ends_a_cycle_at_its_cut_off_in_its_time_zone()
    {
        var cycle = Of(Months with { CutOff = new(18, 0), GraceDays = 2 }).Find(Id("2017-03"))!;
        cycle.From.ShouldBe(At("2017-02-28T17:00Z"));
        cycle.Until.ShouldBe(At("2017-03-31T16:00Z"));
        cycle.Due.ShouldBe(At("2017-04-02T16:00Z"));
        Of(Months with { CutOff = new(18, 0) }).At(At("2017-03-31T16:00Z")).Id.ToString().ShouldBe("2017-04");
        Of(Months with { CutOff = new(18, 0) }).At(At("2017-03-31T15:59Z")).Id.ToString().ShouldBe("2017-03");
    }

    [Theory]
    [InlineData("02:30", "2017-03-26T01:30Z")]
    [InlineData("02:30", "2017-10-29T01:30Z")]
    public void reads_a_cut_off_that_the_clocks_skip_or_repeat_as_winter_time(string cutOff, string until)
    {
        var instant = At(until);
        var rules = Days with { CutOff = TimeOnly.Parse(cutOff, CultureInfo.InvariantCulture) };
        Of(rules).Find(CycleId.Of(Cadence.Daily, DateOnly.FromDateTime(instant.DateTime)))!.Until.ShouldBe(instant);
    }

    [Fact]
    public void puts_every_instant_into_one_cycle_that_has_it()
    {
        foreach (var rules in new[] { Days with { CutOff = new(2, 30) }, Weeks with { CutOff = new(22, 0) }, Months })
        {
            var timeline = Of(rules);
            foreach (var (day, next) in new[] { ("2017-06-28T12:00Z", Days), ("2017-07-04T12:00Z", Weeks), ("2017-07-12T12:00Z", Months with { TimeZone = "Etc/UTC" }), ("2017-08-01T12:00Z", Months) })
                timeline = timeline.With(timeline.At(At(day)).Until, next);
            Cycle? before = null;
            for (var instant = At("2016-12-20T00:00Z"); instant < At("2018-02-01T00:00Z"); instant += TimeSpan.FromMinutes(97))
            {
                var cycle = timeline.At(instant);
                cycle.Contains(instant).ShouldBeTrue();
                timeline.Find(cycle.Id).ShouldBe(cycle);
                if (before is not null && cycle != before)
                    (cycle.From, cycle.Id == before.Id).ShouldBe((before.Until, false));
                before = cycle;
            }
        }
    }

    [Fact]
    public void changes_at_the_end_of_a_cycle_and_tears_none_apart()
    {
        var calendar = Published(Published(Calendar, Months, settled: false), Weeks, at: "2017-03-15T12:00Z");
        calendar.Versions[1].From.ShouldBe(At("2017-03-31T22:00Z"));
        calendar.Timeline.At(At("2017-03-31T21:59Z")).Id.ToString().ShouldBe("2017-03");
        var piece = calendar.Timeline.At(At("2017-03-31T22:00Z"));
        (piece.Id.ToString(), piece.From, piece.Until).ShouldBe(("2017-W13", At("2017-03-31T22:00Z"), At("2017-04-02T22:00Z")));
    }

    [Fact]
    public void never_gives_two_cycles_one_name_when_the_time_zone_moves_west()
    {
        var calendar = Published(Published(Calendar, Months, settled: false), CalendarRules.Usual, at: "2017-03-15T12:00Z");
        var next = calendar.Timeline.At(At("2017-03-31T22:30Z"));
        (next.Id.ToString(), next.From, next.Until).ShouldBe(("2017-04", At("2017-03-31T22:00Z"), At("2017-05-01T00:00Z")));
        calendar.Timeline.Find(Id("2017-03"))!.Until.ShouldBe(At("2017-03-31T22:00Z"));
    }

    [Fact]
    public void never_goes_back_to_an_earlier_name_when_the_time_zone_moves_far_west()
    {
        var far = Published(Calendar, Days with { TimeZone = "Pacific/Auckland", CutOff = new(4, 0) }, settled: false);
        var calendar = Published(far, Days with { TimeZone = "America/New_York" }, at: "2017-03-15T12:00Z");
        calendar.Timeline.At(At("2017-03-15T14:59Z")).Id.ToString().ShouldBe("2017-03-16");
        foreach (var instant in new[] { "2017-03-15T15:00Z", "2017-03-17T12:00Z" })
        {
            var next = calendar.Timeline.At(At(instant));
            (next.Id.ToString(), next.From, next.Until).ShouldBe(("2017-03-17", At("2017-03-15T15:00Z"), At("2017-03-18T04:00Z")));
        }
    }

    [Fact]
    public void holds_from_the_beginning_only_before_anything_was_settled()
    {
        Published(Calendar, Days, settled: false).Timeline.At(At("2010-01-05T12:00Z")).Id.ToString().ShouldBe("2010-01-05");
        Published(Calendar, Days).Timeline.At(At("2010-01-05T12:00Z")).Id.ToString().ShouldBe("2010-01");
    }

    [Fact]
    public void lets_a_later_calendar_take_the_place_of_one_that_has_not_begun()
    {
        var calendar = Published(Published(Calendar, Weeks), Days);
        calendar.Timeline.Periods.Select(p => p.Rules).ShouldBe([CalendarRules.Usual, Days]);
        calendar.Publish(Days, null, anythingSettled: true, At("2017-03-16T12:00Z")).Facts().ShouldBeEmpty();
        calendar.Publish(Weeks, At("2017-03-01T00:00Z"), anythingSettled: true, At("2017-03-16T12:00Z")).Refusal().ShouldBe("calendar-backdated");
        calendar.Publish(Weeks, At("2027-04-01T00:00Z"), anythingSettled: true, At("2017-03-16T12:00Z")).Refusal().ShouldBe("effective-from-not-allowed");
    }

    private static ClearingCalendar Calendar => ClearingCalendar.Initial(ClearingCalendar.Stream);

    private static CalendarTimeline Of(CalendarRules rules) => CalendarTimeline.Usual.With(null, rules);

    private static ClearingCalendar Published(ClearingCalendar calendar, CalendarRules rules, bool settled = true, string at = "2017-03-15T12:00Z") =>
        calendar.Fold(calendar.Publish(rules, null, settled, At(at)).Facts());

    private static CycleId Id(string text) => CycleId.TryParse(text, out var id) ? id : throw new FormatException(text);

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
}
