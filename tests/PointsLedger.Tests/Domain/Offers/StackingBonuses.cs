using Loyalty.PointsLedger.Domain.Offers;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.Offers.GivenOffers;

namespace Loyalty.PointsLedger.Tests.Domain.Offers;

public class StackingBonuses
{
    [Fact]
    public void grants_all_that_are_in_no_group_in_their_order() =>
        Buying(10).With(Bonus("c", 3, priority: 2), Bonus("b", 2, priority: 1), Bonus("a", 1, priority: 2)).ShouldGrant(("b", 2), ("a", 1), ("c", 3));

    [Fact]
    public void grants_only_the_most_generous_of_a_group_and_says_so()
    {
        var appraised = Buying(10).With(Bonus("small", 5) with { Group = "g" }, Bonus("big", 9) with { Group = "g" }, Bonus("alone", 1), Bonus("other", 2) with { Group = "h" });
        appraised.ShouldGrant(("alone", 1), ("big", 9), ("other", 2));
        appraised.Missed.ShouldBe([new Missed("small", 1, "less-than-other-of-group")]);
    }

    [Theory]
    [InlineData(1, 2, "a")]
    [InlineData(2, 1, "b")]
    [InlineData(1, 1, "a")]
    public void goes_by_priority_and_then_by_id_among_equals_of_a_group(int a, int b, string winner) =>
        Buying(10).With(Bonus("b", 5, b) with { Group = "g" }, Bonus("a", 5, a) with { Group = "g" }).ShouldGrant((winner, 5));

    [Fact]
    public void compares_a_group_by_what_caps_leave_of_it()
    {
        var capped = Bonus("capped", 50) with { Group = "g", Caps = [new(CapWindow.Receipt, null, P(4))] };
        Buying(10).With(capped, Bonus("free", 5) with { Group = "g" }).ShouldGrant(("free", 5));
    }

    [Fact]
    public void leaves_a_group_to_those_whose_conditions_hold()
    {
        var gold = Bonus("gold", 50).If(w => w with { Tiers = Set("gold") }) with { Group = "g" };
        var appraised = Buying(10).With(gold, Bonus("free", 5) with { Group = "g" });
        appraised.ShouldGrant(("free", 5));
        appraised.Missed.ShouldBe([new Missed("gold", 1, "not-in-tier")]);
    }

    [Fact]
    public void doubles_the_points_of_everything() => Buying(12).With(Times("double", 2)).ShouldGrant(("double", 12));

    [Fact]
    public void doubles_only_the_points_of_what_counts()
    {
        var appraised = Buying(("bread", 10), ("wine", 20)).With(Times("double", 2).On("bread"));
        appraised.ShouldGrant(("double", 10));
        (appraised.Base, appraised.Grants[0].Eligible).ShouldBe((P(30), Eur(10)));
        appraised.Grants[0].Lines!.Value.ShouldBe([0]);
    }

    [Fact]
    public void multiplies_what_base_offers_gave_as_well()
    {
        var offers = new[] { Rate("bread-3", 3).On("bread"), Times("double", 2) };
        Buying(("bread", 10), ("wine", 20)).With(offers).ShouldGrant(("bread-3", 30), ("double", 50));
        Buying(("bread", 10), ("wine", 20)).With(offers[0], offers[1].On("bread")).ShouldGrant(("bread-3", 30), ("double", 30));
        Buying(("bread", 10), ("wine", 20)).With(offers[0], offers[1].On("wine")).ShouldGrant(("bread-3", 30), ("double", 20));
    }

    [Fact]
    public void shares_the_points_of_a_base_offer_among_its_lines_by_amount()
    {
        var bakery = Rate("bakery", 0) with { Give = new Grant.Fixed(P(90)) };
        Buying(("bread", 10), ("cake", 20)).With(bakery.On("bread", "cake"), Times("double", 2).On("cake")).ShouldGrant(("bakery", 90), ("double", 60));
    }

    [Fact]
    public void never_multiplies_other_bonuses_nor_what_a_tier_gives() =>
        (Buying(10) with { Tier = "gold" }).At(new BaseRate(1, 2), Times("double", 2), Times("treble", 3), Bonus("five", 5))
            .ShouldGrant(("tier:gold", 10), ("double", 10), ("five", 5), ("treble", 20));

    [Fact]
    public void gives_a_tiers_share_of_all_base_points()
    {
        var appraised = (Buying(("bread", 10), ("wine", 20)) with { Tier = "gold" }).At(new BaseRate(1, 1.5m), Rate("bread-3", 3).On("bread"));
        appraised.ShouldGrant(("bread-3", 30), ("tier:gold", 25));
        appraised.Grants[1].ShouldBe(new Granted("tier:gold", 0, null, P(25), Eur(30), null, appraised.Grants[1].Windows));
    }

    [Fact]
    public void rates_what_counts_by_the_unit() => Buying(("bread", 10), ("wine", 20)).With(
        Plain with { Give = new Grant.PerUnit(0.5m), When = Conditions.None with { Categories = Set("wine") } }).ShouldGrant(("plain", 10));

    [Theory]
    [InlineData("24.99", 0)]
    [InlineData("25.00", 10)]
    [InlineData("49.99", 10)]
    [InlineData("50.00", 50)]
    [InlineData("100.00", 200)]
    public void gives_the_highest_step_that_is_reached(string amount, long points)
    {
        var steps = Plain with { Give = new Grant.Steps([new(25, new Grant.Fixed(P(10))), new(50, new Grant.Multiplied(2)), new(100, new Grant.PerUnit(2))]) };
        var appraised = Buying(decimal.Parse(amount)).With(steps);
        if (points > 0) appraised.ShouldGrant(("plain", points));
        else appraised.ShouldMiss("below-spend");
    }

    [Fact]
    public void says_so_where_a_bonus_comes_to_less_than_a_point_and_carries_it()
    {
        var appraised = Buying(10).With(Plain with { Give = new Grant.PerUnit(0.05m) });
        appraised.ShouldMiss("less-than-a-point");
        appraised.Fraction.ShouldBe(0.5m);
    }

    [Fact]
    public void has_no_answer_where_no_number_of_points_is_large_enough()
    {
        var most = Buying(0) with { Amount = new(long.MaxValue, Euro) };
        Appraisal.Appraise(most, new(decimal.MaxValue, 1), [], Rounding.Down, 0).ShouldBeNull();
        Appraisal.Appraise(most, new(200, 1), [], Rounding.Down, 0).ShouldBeNull();
        Appraisal.Appraise(Buying(1), PointPerEuro, [Bonus("max", long.MaxValue)], Rounding.Down, 0).ShouldBeNull();
        Appraisal.Appraise(Buying(1), new(1, decimal.MaxValue), [], Rounding.Down, 0).ShouldBeNull();
    }
}
