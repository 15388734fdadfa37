using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.Offers.GivenOffers;

namespace Loyalty.PointsLedger.Tests.Domain.Offers;

public class SharingCosts
{
    private static readonly PartnerId Bank = new(Guid.Parse("55555555-5555-4555-8555-555555555555"));

    [Fact]
    public void leaves_the_seller_to_pay_where_nobody_is_named() => Plain.Split(P(7), Grocery).ShouldBe([(Grocery, P(7))]);

    [Theory]
    [InlineData(10, 5, 5)]
    [InlineData(11, 6, 5)]
    [InlineData(1, 1, 0)]
    [InlineData(0, 0, 0)]
    public void gives_the_odd_point_of_halves_to_the_first(long points, long first, long second) => Shared(points, 50, 50).ShouldBe([first, second]);

    [Theory]
    [InlineData(10, 3, 3, 4)]
    [InlineData(100, 33, 33, 34)]
    [InlineData(1, 0, 0, 1)]
    [InlineData(2, 1, 0, 1)]
    public void gives_what_is_left_to_the_largest_remainders(long points, long first, long second, long third) =>
        Shared(points, 33, 33, 34).ShouldBe([first, second, third]);

    [Fact]
    public void adds_up_for_every_number_of_points()
    {
        foreach (var points in Enumerable.Range(0, 1_000).Select(i => (long)i).Append(long.MaxValue))
            Shared(points, 17, 41, 42).Sum().ShouldBe(points);
    }

    [Fact]
    public void leaves_out_who_pays_nothing() => Funded(99, 1).Split(P(3), Grocery).ShouldBe([(Grocery, P(3))]);

    private static IEnumerable<long> Shared(long points, params int[] percents)
    {
        var parts = Funded(percents).Split(P(points), Grocery);
        return percents.Select((_, i) => parts.Where(p => p.Issuer == Funders[i]).Sum(p => p.Points).Value);
    }

    private static Offer Funded(params int[] percents) => Plain with { FundedBy = [.. percents.Select((percent, i) => new Share(Funders[i], percent))] };

    private static PartnerId[] Funders => [Grocery, Fuel, Bank];
}
