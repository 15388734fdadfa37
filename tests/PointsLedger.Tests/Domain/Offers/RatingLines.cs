using Loyalty.PointsLedger.Domain.Offers;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.Offers.GivenOffers;

namespace Loyalty.PointsLedger.Tests.Domain.Offers;

/// <summary>Base offers, which take lines of a receipt from the agreement and from each other.</summary>
public class RatingLines
{
    [Fact]
    public void takes_the_agreements_place_on_the_lines_that_match()
    {
        var appraised = Buying(("bread", 10), ("wine", 20), ("bread", 5)).With(Rate("bread-3", 3).On("bread"));
        appraised.ShouldGrant(("bread-3", 45));
        appraised.Grants[0].Eligible.ShouldBe(Eur(15));
        appraised.Grants[0].Lines!.Value.ShouldBe([0, 2]);
        (appraised.Base, appraised.BaseEligible).ShouldBe((P(20), Eur(20)));
        appraised.BaseLines!.Value.ShouldBe([1]);
    }

    [Fact]
    public void takes_the_whole_receipt_where_no_lines_are_selected()
    {
        var appraised = Buying(10).With(Rate("all", 2));
        appraised.ShouldGrant(("all", 20));
        appraised.Grants[0].Lines.ShouldBeNull();
        (appraised.Base, appraised.BaseEligible).ShouldBe((P(0), Eur(0)));
        appraised.BaseLines!.Value.ShouldBeEmpty();
    }

    [Fact]
    public void leaves_a_line_to_the_offer_that_goes_first()
    {
        var appraised = Buying(("bread", 10), ("wine", 20)).With(Rate("everything", 2, priority: 5), Rate("bread-3", 3, priority: 1).On("bread"));
        appraised.ShouldGrant(("bread-3", 30), ("everything", 40));
        appraised.Grants[1].Eligible.ShouldBe(Eur(20));
        appraised.Grants[1].Lines!.Value.ShouldBe([1]);
        appraised.Base.ShouldBe(P(0));
    }

    [Fact]
    public void goes_by_the_id_among_equals() =>
        Buying(("bread", 10)).With(Rate("b", 3).On("bread"), Rate("a", 2).On("bread")).ShouldGrant(("a", 20));

    [Fact]
    public void says_so_where_nothing_is_left()
    {
        var late = Rate("late", 3, priority: 20);
        foreach (var appraised in new[]
        {
            Buying(("bread", 10)).With(Rate("first", 2).On("bread"), late.On("bread")),
            Buying(("bread", 10)).With(Rate("first", 2), late.On("bread")),
            Buying(("bread", 10)).With(Rate("first", 2).On("bread"), late),
            Buying(10).With(Rate("first", 2), late),
        })
        {
            appraised.ShouldGrant(("first", 20));
            appraised.Missed.ShouldBe([new Missed("late", 1, "rated-by-other-base")]);
        }
    }

    [Fact]
    public void asks_for_a_spending_of_what_is_left()
    {
        var rest = Rate("rest", 2, priority: 20).If(w => w with { SpendFrom = 20 });
        Buying(("bread", 10), ("wine", 20)).With(Rate("bread-3", 3).On("bread"), rest).ShouldGrant(("bread-3", 30), ("rest", 40));
        Buying(("bread", 10), ("wine", 19)).With(Rate("bread-3", 3).On("bread"), rest).Missed.ShouldBe([new Missed("rest", 1, "below-spend")]);
    }

    [Fact]
    public void can_exclude_goods_from_earning_and_shows_it()
    {
        var appraised = Buying(("tobacco", 10), ("bread", 5)).With(Rate("no-tobacco", 0).On("tobacco"));
        appraised.ShouldGrant(("no-tobacco", 0));
        appraised.Base.ShouldBe(P(5));
    }

    [Fact]
    public void leaves_lines_alone_where_its_conditions_fail()
    {
        var appraised = Buying(("bread", 10)).With(Rate("gold", 3).On("bread").If(w => w with { Tiers = Set("gold") }));
        appraised.ShouldMiss("not-in-tier");
        appraised.Base.ShouldBe(P(10));
        appraised.BaseLines.ShouldBeNull();
    }

    [Theory]
    [InlineData("9.99", 0)]
    [InlineData("10.00", 20)]
    [InlineData("49.99", 99)]
    [InlineData("50.00", 250)]
    public void rises_in_steps(string amount, long points)
    {
        var steps = Rate("steps", 0) with { Give = new Grant.Steps([new(50, new Grant.PerUnit(5)), new(10, new Grant.PerUnit(2))]) };
        var appraised = Buying(decimal.Parse(amount)).With(steps);
        if (points > 0) appraised.ShouldGrant(("steps", points));
        else appraised.ShouldMiss("below-spend");
    }

    [Fact]
    public void counts_whole_cents_of_any_currency()
    {
        var yen = Kernel.Currency.From("JPY");
        var occasion = Buying(0) with { Amount = new(1234, yen) };
        occasion.At(new BaseRate(0.01m, 1)).Base.ShouldBe(P(12));
        occasion.At(new BaseRate(0.01m, 1), Rate("all", 0.1m)).ShouldGrant(("all", 123));
    }
}
