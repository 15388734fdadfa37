using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.Offers.GivenOffers;

namespace Loyalty.PointsLedger.Tests.Domain.Offers;

/// <summary>Every condition, the code of its failing, and its boundary.</summary>
public class WhenOffersApply
{
    [Theory]
    [InlineData("2026-11-01T00:00:00+01:00", true)]
    [InlineData("2026-10-31T23:59:59.9999999+01:00", false)]
    [InlineData("2026-11-30T23:59:59.9999999+01:00", true)]
    [InlineData("2026-12-01T00:00:00+01:00", false)]
    public void from_the_first_instant_until_just_before_the_last(string at, bool holds) =>
        Check(holds, null, Buying(10, At(at)), Plain with { From = At("2026-11-01T00:00:00+01:00"), Until = At("2026-12-01T00:00:00+01:00") });

    [Fact]
    public void not_before_they_are_published_and_never_once_withdrawn()
    {
        Check(true, null, Buying(10), Plain with { PublishedAt = Saturday });
        Check(false, null, Buying(10), Plain with { PublishedAt = Saturday.AddTicks(1) });
        Check(false, null, Buying(10), Plain with { Withdrawn = true });
    }

    [Fact]
    public void without_a_word_about_what_is_for_other_partners()
    {
        Check(true, null, Buying(10), Plain.If(w => w with { Partners = Set(Fuel, Grocery) }));
        Check(false, null, Buying(10), Plain.If(w => w with { Partners = Set(Fuel) }));
    }

    [Fact]
    public void without_a_word_about_the_terms_of_other_members()
    {
        Check(true, null, Buying(10), Plain.If(w => w with { Members = Set(AnnaHerself) }));
        Check(false, null, Buying(10), Plain.If(w => w with { Members = Set(new MemberId(Fuel.Value)) }));
    }

    [Theory]
    [InlineData("AUTUMN-26", true)]
    [InlineData("autumn-26", true)]
    [InlineData("autumn-27", false)]
    [InlineData("", false)]
    public void without_a_word_about_promo_codes_that_were_not_presented(string presented, bool holds) => Check(
        holds, null, Buying(10) with { Receipt = new([], null, null, ["other", presented]) }, Plain.If(w => w with { PromoCode = "Autumn-26" }));

    [Theory]
    [InlineData("main", true)]
    [InlineData("Main", false)]
    public void in_the_stores_that_are_named(string store, bool holds) =>
        Check(holds, "wrong-store", Buying(10) with { Store = store }, Plain.If(w => w with { Stores = Set("main", "north") }));

    [Theory]
    [InlineData("card", true)]
    [InlineData("cash", false)]
    [InlineData(null, false)]
    public void when_paid_by_the_right_means(string? tender, bool holds) => Check(
        holds, "wrong-tender", Buying(10) with { Receipt = new([], tender, null, []) }, Plain.If(w => w with { Tenders = Set("card") }));

    [Theory]
    [InlineData("2026-11-20T23:30:00Z", true)] // Saturday has begun in Vienna.
    [InlineData("2026-11-20T22:59:59Z", false)]
    [InlineData("2026-11-21T22:59:59Z", true)]
    [InlineData("2026-11-21T23:00:00Z", false)]
    public void on_the_weekdays_of_the_stores_own_calendar(string at, bool holds) =>
        Check(holds, "wrong-weekday", Buying(10, At(at)), Plain.If(w => w with { Weekdays = Set(DayOfWeek.Saturday) }));

    [Theory]
    [InlineData("08:00", "10:00", "2026-11-21T08:00:00+01:00", true)]
    [InlineData("08:00", "10:00", "2026-11-21T07:59:59.9999999+01:00", false)]
    [InlineData("08:00", "10:00", "2026-11-21T09:59:59.9999999+01:00", true)]
    [InlineData("08:00", "10:00", "2026-11-21T10:00:00+01:00", false)]
    [InlineData("22:00", "02:00", "2026-11-21T23:59:59+01:00", true)]
    [InlineData("22:00", "02:00", "2026-11-21T01:59:59+01:00", true)]
    [InlineData("22:00", "02:00", "2026-11-21T02:00:00+01:00", false)]
    [InlineData("22:00", "02:00", "2026-11-21T21:59:59+01:00", false)]
    [InlineData("22:00", "00:00", "2026-11-21T00:00:00+01:00", false)]
    [InlineData("09:00", "09:00", "2026-11-21T08:59:59+01:00", true)]
    public void at_hours_that_may_run_past_midnight(string from, string until, string at, bool holds) =>
        Check(holds, "wrong-hour", Buying(10, At(at)), Plain.If(w => w with { Hours = Between(from, until) }));

    // Clocks went from 2 to 3 on 29 March 2026 at 01:00 UTC, and back from 3 to 2 on 25 October.
    [Theory]
    [InlineData("01:00", "02:30", "2026-03-29T00:59:59.9999999Z", true)]
    [InlineData("01:00", "02:30", "2026-03-29T01:00:00Z", false)]
    [InlineData("02:30", "04:00", "2026-03-29T00:59:59.9999999Z", false)]
    [InlineData("02:30", "04:00", "2026-03-29T01:00:00Z", true)]
    [InlineData("01:00", "03:00", "2026-10-25T00:59:59.9999999Z", true)]
    [InlineData("01:00", "03:00", "2026-10-25T01:00:00Z", true)]
    [InlineData("01:00", "03:00", "2026-10-25T01:59:59.9999999Z", true)]
    [InlineData("01:00", "03:00", "2026-10-25T02:00:00Z", false)]
    [InlineData("01:00", "02:30", "2026-10-25T00:30:00Z", false)]
    [InlineData("01:00", "02:30", "2026-10-25T01:00:00Z", true)]
    public void until_the_last_second_of_their_hours_across_a_change_of_the_clocks(string from, string until, string at, bool holds) =>
        Check(holds, "wrong-hour", Buying(10, At(at)), Plain.If(w => w with { Hours = Between(from, until) }));

    [Fact]
    public void past_midnight_on_the_day_on_which_the_purchase_really_happens()
    {
        var night = Plain.If(w => w with { Weekdays = Set(DayOfWeek.Saturday), Hours = Between("22:00", "02:00") });
        Check(true, null, Buying(10, At("2026-11-21T01:00:00+01:00")), night);
        Check(false, "wrong-weekday", Buying(10, At("2026-11-22T01:00:00+01:00")), night);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(-1, true)]
    public void on_a_repeat_exactly_four_days_later_and_not_a_tick_more(int ticks, bool holds) =>
        Check(holds, "no-recent-purchase", Buying(10).After(Grocery, Saturday.AddHours(-96).AddTicks(-ticks)), RepeatWithin(4));

    [Fact]
    public void on_a_repeat_after_four_times_24_hours_across_a_change_of_the_clocks()
    {
        var at = At("2026-10-27T10:00:00+01:00");
        Check(true, null, Buying(10, at).After(Grocery, At("2026-10-23T11:00:00+02:00")), RepeatWithin(4));
        Check(false, "no-recent-purchase", Buying(10, at).After(Grocery, At("2026-10-23T10:59:59+02:00")), RepeatWithin(4));
    }

    [Fact]
    public void on_no_repeat_of_a_first_purchase_nor_of_one_elsewhere()
    {
        Check(false, "no-recent-purchase", Buying(10), RepeatWithin(4));
        Check(false, "no-recent-purchase", Buying(10).After(Fuel, Saturday.AddHours(-1)), RepeatWithin(4));
    }

    [Fact]
    public void on_a_late_receipt_by_what_was_bought_before_it()
    {
        Check(false, "no-recent-purchase", Buying(10).After(Grocery, Saturday.AddDays(-5), Saturday.AddHours(1)), RepeatWithin(4));
        Check(true, null, Buying(10).After(Grocery, Saturday.AddDays(-4), Saturday.AddHours(1)), RepeatWithin(4));
    }

    [Theory]
    [InlineData(1, 3, false, false)]
    [InlineData(2, 3, false, true)]
    [InlineData(3, 3, false, false)]
    [InlineData(5, 3, false, false)]
    [InlineData(5, 3, true, true)]
    [InlineData(6, 3, true, false)]
    [InlineData(0, 1, false, true)]
    [InlineData(7, 1, true, true)]
    public void on_the_nth_purchase_or_every_nth(int before, int n, bool every, bool holds) => Check(
        holds, "not-the-nth-purchase",
        Buying(10) with { Visits = [new(Fuel, 2, []), new(Grocery, before, [])] },
        Plain.If(w => w with { Nth = new(n, every) }));

    [Fact]
    public void on_the_first_purchase_at_a_partner_whatever_was_bought_elsewhere()
    {
        var welcome = Plain.If(w => w with { NewAtPartner = true });
        Check(true, null, Buying(10), welcome);
        Check(true, null, Buying(10).After(Fuel, Saturday.AddDays(-1)), welcome);
        Check(true, null, Buying(10) with { Visits = [new(Grocery, 0, [])] }, welcome);
        Check(false, "not-new-at-partner", Buying(10).After(Grocery, Saturday.AddYears(-3)), welcome);
    }

    [Fact]
    public void on_visits_to_different_partners_exactly_within_the_days()
    {
        var tour = Plain.If(w => w with { Visited = new(2, 7) });
        Check(true, null, Buying(10).After(Fuel, Saturday.AddDays(-7)), tour);
        Check(false, "too-few-partners", Buying(10).After(Fuel, Saturday.AddDays(-7).AddTicks(-1)), tour);
        Check(false, "too-few-partners", Buying(10).After(Grocery, Saturday.AddDays(-1)), tour);
        Check(false, "too-few-partners", Buying(10).After(Fuel, Saturday.AddTicks(1)), tour);
        Check(true, null, Buying(10).After(Fuel, Saturday), tour);
    }

    [Theory]
    [InlineData("2000-11-21", "2026-11-21", true)]
    [InlineData("2000-11-24", "2026-11-21", true)]
    [InlineData("2000-11-25", "2026-11-21", false)]
    [InlineData("2000-11-18", "2026-11-21", true)]
    [InlineData("2000-11-17", "2026-11-21", false)]
    [InlineData("2000-01-02", "2026-12-30", true)]
    [InlineData("2000-01-02", "2026-12-29", false)]
    [InlineData("2000-12-30", "2027-01-02", true)]
    [InlineData("2000-12-30", "2027-01-03", false)]
    [InlineData("2000-02-29", "2027-03-03", true)]
    [InlineData("2000-02-29", "2027-02-25", true)]
    [InlineData("2000-02-29", "2027-02-24", false)]
    [InlineData("2000-02-29", "2027-03-04", false)]
    [InlineData("2000-02-29", "2028-03-03", true)]
    [InlineData("2000-02-29", "2028-02-25", false)]
    [InlineData("2000-03-01", "2028-02-27", true)]
    public void in_the_week_of_the_members_celebration(string celebration, string day, bool holds) => Check(
        holds, "not-celebration-week",
        Buying(10, At($"{day}T23:59:59+01:00")) with { Profile = MemberProfile.Unknown with { Celebration = DateOnly.Parse(celebration) } },
        Plain.If(w => w with { CelebrationWeek = true }));

    [Fact]
    public void in_no_celebration_week_of_a_member_who_told_none() =>
        Check(false, "not-celebration-week", Buying(10), Plain.If(w => w with { CelebrationWeek = true }));

    [Theory]
    [InlineData("student", true)]
    [InlineData("staff", false)]
    [InlineData(null, false)]
    public void for_the_privileged(string? privilege, bool holds) => Check(
        holds, "not-privileged",
        Buying(10) with { Profile = MemberProfile.Unknown with { Privilege = privilege } },
        Plain.If(w => w with { Privileges = Set("pensioner", "student") }));

    [Theory]
    [InlineData("gold", true)]
    [InlineData("silver", false)]
    [InlineData(null, false)]
    public void for_members_of_a_tier(string? tier, bool holds) =>
        Check(holds, "not-in-tier", Buying(10) with { Tier = tier }, Plain.If(w => w with { Tiers = Set("gold") }));

    [Fact]
    public void for_members_of_a_segment()
    {
        var offer = Plain.If(w => w with { Segments = Set("families", "cyclists") });
        Check(false, "not-in-segment", Buying(10), offer);
        Check(false, "not-in-segment", Buying(10) with { Profile = MemberProfile.Unknown with { Segments = ["gardeners"] } }, offer);
        Check(true, null, Buying(10) with { Profile = MemberProfile.Unknown with { Segments = ["gardeners", "cyclists"] } }, offer);
    }

    [Theory]
    [InlineData("19.99", "below-spend")]
    [InlineData("20.00", null)]
    [InlineData("49.99", null)]
    [InlineData("50.00", "above-spend")]
    public void from_a_spending_to_just_below_another(string amount, string? reason) =>
        Check(reason is null, reason, Buying(decimal.Parse(amount)), Plain.If(w => w with { SpendFrom = 20, SpendBelow = 50 }));

    [Theory]
    [InlineData("19.99", false)]
    [InlineData("20.00", true)]
    public void from_a_spending_on_what_counts_rather_than_on_everything(string onBread, bool holds) => Check(
        holds, "below-spend", Buying(("bread", decimal.Parse(onBread)), ("wine", 100)), Plain.On("bread").If(w => w with { SpendFrom = 20 }));

    [Fact]
    public void on_lines_only_where_the_till_sends_some()
    {
        Check(false, "no-lines", Buying(10), Plain.On("bread"));
        Check(false, "no-matching-lines", Buying(("wine", 10)), Plain.On("bread"));
        Check(true, null, Buying(("wine", 10), ("bread", 1)), Plain.On("bread", "cake"));
    }

    [Fact]
    public void on_lines_that_are_in_both_lists_where_there_are_two()
    {
        var offer = Plain.On("bread").If(w => w with { Products = Set("product-1") });
        Check(true, null, Buying(("wine", 10), ("bread", 1)), offer);
        Check(false, "no-matching-lines", Buying(("bread", 10), ("wine", 1)), offer);
    }

    [Fact]
    public void or_say_the_first_reason_of_several() => Check(
        false, "wrong-store", Buying(1), Plain.If(w => w with { SpendFrom = 20, Segments = Set("families"), Stores = Set("north") }));

    private static Offer RepeatWithin(int days) => Plain.If(w => w with { RepeatWithinDays = days });

    private static Hours Between(string from, string until) => new(TimeOnly.Parse(from), TimeOnly.Parse(until));

    private static void Check(bool holds, string? reason, Occasion occasion, Offer offer)
    {
        var appraised = occasion.With(offer);
        if (holds) appraised.ShouldGrant(("plain", 5));
        else if (reason is null) appraised.ShouldBeSilent();
        else appraised.ShouldMiss(reason);
    }
}
