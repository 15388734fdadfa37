using Loyalty.PointsLedger.Domain.Offers;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Offers.GivenOffers;

namespace Loyalty.PointsLedger.Tests.Domain.Offers;

public class LapsingPoints
{
    private static readonly TimeZoneInfo Havana = TimeZoneInfo.FindSystemTimeZoneById("America/Havana");

    [Fact]
    public void never_happens_where_the_rule_says_so() => Expiry.Never.From(Saturday, Vienna).ShouldBeNull();

    [Theory]
    [InlineData("2026-01-31T10:00:00+01:00", 1, "2026-02-28T10:00:00+01:00")]
    [InlineData("2028-01-31T10:00:00+01:00", 1, "2028-02-29T10:00:00+01:00")]
    [InlineData("2028-02-29T10:00:00+01:00", 12, "2029-02-28T10:00:00+01:00")]
    [InlineData("2028-02-29T10:00:00+01:00", 48, "2032-02-29T10:00:00+01:00")]
    [InlineData("2026-12-31T23:59:59+01:00", 2, "2027-02-28T23:59:59+01:00")]
    [InlineData("2026-03-01T10:00:00+01:00", 3, "2026-06-01T10:00:00+02:00")]
    public void rolls_by_the_calendar_and_by_the_clock_on_the_wall(string purchase, int months, string expiry) =>
        new Expiry(ExpiryKind.Rolling, months).From(At(purchase), Vienna).ShouldBe(At(expiry));

    [Fact]
    public void counts_months_in_the_programmes_zone_and_not_in_the_tills() =>
        new Expiry(ExpiryKind.Rolling, 1).From(At("2026-01-30T23:30:00Z"), Vienna).ShouldBe(At("2026-02-28T00:30:00+01:00"));

    [Fact]
    public void goes_on_past_a_time_that_the_clock_skips() =>
        new Expiry(ExpiryKind.Rolling, 1).From(At("2027-02-28T02:30:00+01:00"), Vienna).ShouldBe(At("2027-03-28T03:30:00+02:00"));

    [Theory]
    [InlineData("2026-11-21T12:00:00+01:00", 0, "2026-12-01T00:00:00+01:00")]
    [InlineData("2026-11-30T23:59:59+01:00", 1, "2027-01-01T00:00:00+01:00")]
    [InlineData("2026-12-01T00:00:00+01:00", 1, "2027-02-01T00:00:00+01:00")]
    [InlineData("2026-01-31T00:00:00+01:00", 1, "2026-03-01T00:00:00+01:00")]
    [InlineData("2026-02-28T00:00:00+01:00", 1, "2026-04-01T00:00:00+02:00")]
    public void waits_for_the_first_instant_of_the_next_month(string purchase, int months, string expiry) =>
        new Expiry(ExpiryKind.EndOfMonth, months).From(At(purchase), Vienna).ShouldBe(At(expiry));

    [Fact]
    public void takes_the_first_of_two_midnights() =>
        new Expiry(ExpiryKind.EndOfMonth, 1).From(At("2026-09-10T12:00:00-04:00"), Havana).ShouldBe(At("2026-11-01T00:00:00-04:00"));

    [Fact]
    public void happens_at_the_instant_that_is_fixed() =>
        new Expiry(ExpiryKind.Fixed, On: At("2027-01-01T00:00:00+01:00")).From(Saturday, Vienna).ShouldBe(At("2026-12-31T23:00:00Z"));

    [Fact]
    public void runs_from_the_last_activity() =>
        new Expiry(ExpiryKind.Activity, 6).From(At("2026-08-31T09:00:00+02:00"), Vienna).ShouldBe(At("2027-02-28T09:00:00+01:00"));

    [Theory]
    [InlineData("2028-08-29T00:00:00Z", "2028-10-29T00:00:00Z")]
    [InlineData("2028-08-29T00:59:59.9999999Z", "2028-10-29T00:59:59.9999999Z")]
    [InlineData("2028-08-29T01:00:00Z", "2028-10-29T02:00:00Z")]
    public void takes_the_earlier_of_two_equal_times_to_the_last_tick_of_the_doubled_hour(string bought, string gone) =>
        new Expiry(ExpiryKind.Rolling, 2).From(At(bought), Vienna).ShouldBe(At(gone));
}
