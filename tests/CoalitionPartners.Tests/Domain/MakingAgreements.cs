using Loyalty.CoalitionPartners.Domain;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain;

public sealed class MakingAgreements
{
    private static readonly Terms LongAgo = new(Noon.AddYears(-10), 1m, 0.010m, 0.008m);

    [Fact]
    public void numbers_them_from_one_without_zeros_at_the_end_of_prices()
    {
        var made = Admitted().Agree(LongAgo, Noon).Facts().ShouldHaveSingleItem();
        made.ShouldBe(new AgreementMade(Grocery, 1, Noon.AddYears(-10), Euro, 1m, 0.01m, 0.008m, Noon));
        ((AgreementMade)made).IssuePrice.Scale.ShouldBe((byte)2);
    }

    [Fact]
    public void counts_up_with_later_terms() =>
        Admitted().Agreeing(LongAgo).Agree(LongAgo with { EffectiveFrom = Noon.AddDays(1), PointsPerUnit = 2 }, Noon)
            .Facts().ShouldHaveSingleItem().ShouldBeOfType<AgreementMade>().Version.ShouldBe(2);

    [Fact]
    public void again_with_the_same_terms_does_nothing_however_they_are_written() =>
        Admitted().Agreeing(LongAgo).Agree(LongAgo with { EffectiveFrom = LongAgo.EffectiveFrom.ToOffset(TimeSpan.FromHours(5)), IssuePrice = 0.01m }, Noon)
            .Facts().ShouldBeEmpty();

    [Fact]
    public void may_start_at_this_very_moment() =>
        Admitted().Agreeing(LongAgo).Agree(LongAgo with { EffectiveFrom = Noon }, Noon).Facts().Count.ShouldBe(1);

    [Fact]
    public void refuses_later_terms_that_start_in_the_past() =>
        Admitted().Agreeing(LongAgo).Agree(LongAgo with { EffectiveFrom = Noon.AddTicks(-1) }, Noon).Refusal().ShouldBe("agreement-backdated");

    [Theory]
    [InlineData("-0.01")]
    [InlineData("1000.01")]
    [InlineData("0.0000001")]
    public void refuses_prices_nobody_can_mean(string price)
    {
        var wrong = decimal.Parse(price, System.Globalization.CultureInfo.InvariantCulture);
        Admitted().Agree(LongAgo with { IssuePrice = wrong }, Noon).Refusal().ShouldBe("price-not-allowed");
        Admitted().Agree(LongAgo with { RedeemPrice = wrong }, Noon).Refusal().ShouldBe("price-not-allowed");
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("10000.1")]
    [InlineData("0.00001")]
    public void refuses_points_nobody_can_mean(string points) =>
        Admitted().Agree(LongAgo with { PointsPerUnit = decimal.Parse(points, System.Globalization.CultureInfo.InvariantCulture) }, Noon)
            .Refusal().ShouldBe("points-per-unit-not-allowed");

    [Fact]
    public void takes_zeros_at_the_end_for_no_digits() =>
        Admitted().Agree(LongAgo with { IssuePrice = 0.0100000000m, PointsPerUnit = 1.0000000m }, Noon).Facts().Count.ShouldBe(1);

    [Fact]
    public void refuses_a_start_in_another_age()
    {
        Admitted().Agree(LongAgo with { EffectiveFrom = new(1999, 12, 31, 23, 59, 59, TimeSpan.Zero) }, Noon).Refusal().ShouldBe("effective-from-not-allowed");
        Admitted().Agree(LongAgo with { EffectiveFrom = Noon.AddYears(10).AddTicks(1) }, Noon).Refusal().ShouldBe("effective-from-not-allowed");
    }

    [Fact]
    public void with_an_unknown_partner_is_refused() => Nobody.Agree(LongAgo, Noon).Refusal().ShouldBe("partner-unknown");
}
