using Loyalty.PointsLedger.Domain.Offers;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.Offers.GivenOffers;

namespace Loyalty.PointsLedger.Tests.Domain.Offers;

public class CappingOffers
{
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void stops_after_so_many_times(int times, bool granted)
    {
        var appraised = Using(Buying(10), "day 2026-11-21", times, 10).With(Capped(CapWindow.Day, times: 2));
        if (granted) appraised.ShouldGrant(("plain", 5));
        else appraised.ShouldMiss("cap-reached");
    }

    [Theory]
    [InlineData(94, 5)]
    [InlineData(95, 5)]
    [InlineData(96, 4)]
    [InlineData(99, 1)]
    [InlineData(100, 0)]
    [InlineData(120, 0)]
    public void cuts_off_the_points_that_are_over(long before, long points)
    {
        var appraised = Using(Buying(10), "offer", 1, before).With(Capped(CapWindow.Offer, points: 100));
        if (points > 0) appraised.ShouldGrant(("plain", points));
        else appraised.ShouldMiss("cap-reached");
    }

    [Fact]
    public void carries_nothing_of_what_was_cut_off()
    {
        var appraised = Buying(10.7m).With(Plain with { Give = new Grant.PerUnit(3), Caps = [new(CapWindow.Receipt, null, P(30))] });
        appraised.ShouldGrant(("plain", 30));
        appraised.Fraction.ShouldBe(0.7m);
    }

    [Fact]
    public void uses_up_no_window_of_a_receipts_cap()
    {
        var appraised = Buying(10).With(Capped(CapWindow.Receipt, times: 1, points: 3));
        appraised.ShouldGrant(("plain", 3));
        appraised.Grants[0].Windows.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2026-11-22T22:59:59Z", "day 2026-11-22", "week 2026-11-16", "month 2026-11", "year 2026")]
    [InlineData("2026-11-22T23:00:00Z", "day 2026-11-23", "week 2026-11-23", "month 2026-11", "year 2026")]
    [InlineData("2026-11-30T22:59:59Z", "day 2026-11-30", "week 2026-11-30", "month 2026-11", "year 2026")]
    [InlineData("2026-11-30T23:00:00Z", "day 2026-12-01", "week 2026-11-30", "month 2026-12", "year 2026")]
    [InlineData("2026-12-31T23:00:00Z", "day 2027-01-01", "week 2026-12-28", "month 2027-01", "year 2027")]
    public void names_the_windows_by_the_stores_calendar(string at, params string[] windows)
    {
        var offer = Plain with { Caps = [.. Enum.GetValues<CapWindow>().Append(CapWindow.Day).Select(per => new Cap(per, 9, null))] };
        Buying(10, At(at)).With(offer).Grants[0].Windows.ShouldBe([.. windows, "offer"]);
    }

    [Fact]
    public void obeys_the_strictest_of_several()
    {
        var offer = Plain with { Caps = [new(CapWindow.Day, null, P(4)), new(CapWindow.Offer, null, P(100)), new(CapWindow.Receipt, 1, null)] };
        Using(Buying(10), "offer", 9, 98).With(offer).ShouldGrant(("plain", 2));
        Using(Buying(10), "offer", 9, 90).With(offer).ShouldGrant(("plain", 4));
    }

    [Fact]
    public void counts_neither_other_windows_nor_other_offers()
    {
        Using(Buying(10), "day 2026-11-20", 9, 900).With(Capped(CapWindow.Day, times: 1)).ShouldGrant(("plain", 5));
        Using(Buying(10), "day 2026-11-21", 9, 900, "other").With(Capped(CapWindow.Day, times: 1)).ShouldGrant(("plain", 5));
    }

    [Fact]
    public void leaves_the_lines_of_a_spent_base_offer_to_the_agreement()
    {
        var offer = Rate("all", 2) with { Caps = [new(CapWindow.Offer, 1, null)] };
        var appraised = Using(Buying(10), "offer", 1, 20, "all").With(offer);
        appraised.ShouldMiss("cap-reached");
        appraised.Base.ShouldBe(P(10));
    }

    [Fact]
    public void multiplies_only_what_a_cut_base_offer_gave() =>
        Buying(10).With(Rate("all", 3) with { Caps = [new(CapWindow.Receipt, null, P(25))] }, Times("double", 2)).ShouldGrant(("all", 25), ("double", 25));

    [Theory]
    [InlineData(995, 5)]
    [InlineData(997, 3)]
    [InlineData(1000, 0)]
    [InlineData(1200, 0)]
    public void ends_with_the_partners_budget(long spent, long points)
    {
        var appraised = (Buying(10) with { Budgets = [new("plain", P(spent))] }).With(Plain with { Budget = P(1000) });
        if (points > 0) appraised.ShouldGrant(("plain", points));
        else appraised.ShouldMiss("budget-spent");
    }

    [Fact]
    public void has_a_whole_budget_before_anything_is_spent() => Buying(10).With(Plain with { Budget = P(3) }).ShouldGrant(("plain", 3));

    private static Offer Capped(CapWindow per, int? times = null, long? points = null) =>
        Plain with { Caps = [new(per, times, points is { } most ? P(most) : null)] };

    private static Occasion Using(Occasion occasion, string window, int times, long points, string offer = "plain") =>
        occasion with { Uses = [new("plain-2", window, 99, P(9999)), new(offer, window, times, P(points))] };
}
