using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.Offers.GivenOffers;

namespace Loyalty.PointsLedger.Tests.Domain.Offers;

public class AppraisingPurchases
{
    [Fact]
    public void follows_the_agreement_where_there_are_no_offers()
    {
        var appraised = Buying(12.99m).With();
        (appraised.Base, appraised.BaseEligible, appraised.BaseLines, appraised.Fraction).ShouldBe((P(12), Eur(12.99m), null, 0.99m));
        appraised.ShouldBeSilent();
    }

    [Fact]
    public void grants_a_bonus_on_top_and_pins_its_version()
    {
        var granted = Buying(20).With(Bonus("welcome", 50) with { Version = 3 }).Grants.ShouldHaveSingleItem();
        (granted.Id, granted.Version, granted.Points, granted.Eligible, granted.Lines).ShouldBe(("welcome", 3, P(50), Eur(20), null));
    }
}
