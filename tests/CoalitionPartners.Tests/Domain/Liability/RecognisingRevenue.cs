using FsCheck;
using FsCheck.Fluent;
using Loyalty.CoalitionPartners.Domain.Liability;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Tests.Domain.Liability;

/// <summary>The figures that standard setters and auditors have published, in whole units of a currency.</summary>
public sealed class RecognisingRevenue
{
    [Fact]
    public void allocates_as_example_52_of_ifrs_15_does()
    {
        var points = Revenue.AllocatedToPoints(100_000, goods: 100_000, points: 10_000 * 1m * 0.95m);
        (100_000 - points, points).ShouldBe((91_324, 8_676));
    }

    [Fact]
    public void recognises_in_the_first_year_as_example_52_does() => Revenue.Recognised(8_676, new(4_500), new(9_500)).ShouldBe(4_110);

    [Fact]
    public void catches_up_in_the_second_year_as_example_52_does() =>
        (Revenue.Recognised(8_676, new(8_500), new(9_700)) - Revenue.Recognised(8_676, new(4_500), new(9_500))).ShouldBe(3_493);

    [Fact]
    public void recognises_of_9000_that_were_allocated_4175_when_4500_of_9700_are_redeemed() =>
        Revenue.Recognised(9_000, new(4_500), new(9_700)).ShouldBe(4_175);

    [Fact]
    public void recognises_a_further_3552_when_8500_of_9900_are_redeemed() =>
        (Revenue.Recognised(9_000, new(8_500), new(9_900)) - Revenue.Recognised(9_000, new(4_500), new(9_700))).ShouldBe(3_552);

    [Fact]
    public void recognises_a_further_4140_when_only_9200_are_expected_any_more() =>
        (Revenue.Recognised(9_000, new(8_500), new(9_200)) - Revenue.Recognised(9_000, new(4_500), new(9_700))).ShouldBe(4_140);

    [Fact]
    public void recognises_everything_once_nothing_more_is_expected() => Revenue.Recognised(9_000, new(0), new(0)).ShouldBe(9_000);

    [Theory]
    [InlineData(-10, 0)]
    [InlineData(-10, -5)]
    [InlineData(0, 5)]
    public void recognises_nothing_while_more_was_put_back_than_had_been_redeemed(long redeemed, long expected) =>
        Revenue.Recognised(9_000, new(redeemed), new(expected)).ShouldBe(0);

    [Fact]
    public void allocates_nothing_to_points_that_are_worth_nothing_or_came_with_nothing()
    {
        Revenue.AllocatedToPoints(1_000, 1_000, 0).ShouldBe(0);
        Revenue.AllocatedToPoints(0, 0, 10).ShouldBe(0);
        Revenue.AllocatedToPoints(-1_000, -1_000, 10).ShouldBe(0);
    }

    [Fact]
    public void never_recognises_more_than_was_allocated_nor_less_for_more_points() => Prop.ForAll(
        Arb.From(Gen.Choose(0, int.MaxValue).Four()),
        given =>
        {
            var (allocated, expected, redeemed, more) = given;
            var (before, after) = (
                Revenue.Recognised(allocated, new(redeemed), new(expected)), Revenue.Recognised(allocated, new((long)redeemed + more), new(expected)));
            before.ShouldBeInRange(0, allocated);
            after.ShouldBeInRange(before, allocated);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1, 0), InlineData(3, 2), InlineData(5, 2), InlineData(7, 4)]
    public void rounds_halves_to_even(long amount, long half) => Proportion.Of(amount, 1, 2).ShouldBe(half);

    [Fact]
    public void computes_shares_exactly_however_large_they_are() =>
        Proportion.Of(long.MaxValue, 79_228_162_514_264.337593543950335m, 79_228_162_514_264.337593543950335m).ShouldBe(long.MaxValue);

    [Fact]
    public void splits_a_sum_into_parts_that_add_up_to_it_and_are_off_by_less_than_one_unit() => Prop.ForAll(
        Arb.From(Gen.Choose(0, int.MaxValue)), Arb.From(Gen.Choose(1, 1_000_000).NonEmptyListOf()),
        (amount, weights) =>
        {
            var exact = weights.Select(w => w / 1000m).ToList();
            var parts = Proportion.Split(amount, exact);
            parts.Sum().ShouldBe(amount);
            parts.Zip(exact).ShouldAllBe(p => Math.Abs(p.First - (amount * p.Second / exact.Sum())) < 1);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void gives_what_is_left_to_those_who_lost_most_and_then_to_the_first()
    {
        Proportion.Split(100, 1m, 1m, 1m).ShouldBe([34, 33, 33]);
        Proportion.Split(10, 0.5m, 0.25m, 0.25m).ShouldBe([5, 3, 2]);
        Proportion.Split(10, 1m, 5m).ShouldBe([2, 8]);
    }
}
