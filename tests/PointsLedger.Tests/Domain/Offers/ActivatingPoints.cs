using Loyalty.PointsLedger.Domain.Offers;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Offers.GivenOffers;

namespace Loyalty.PointsLedger.Tests.Domain.Offers;

public class ActivatingPoints
{
    [Fact]
    public void happens_at_once_unless_the_rule_says_otherwise()
    {
        Activation.AtOnce.At(Saturday).ShouldBeNull();
        new Activation(Days: 0).At(Saturday).ShouldBeNull();
    }

    [Fact]
    public void waits_for_so_many_times_24_hours_whatever_the_clock_on_the_wall_does() =>
        new Activation(Days: 14).At(At("2026-10-20T12:00:00+02:00")).ShouldBe(At("2026-11-03T11:00:00+01:00"));

    [Fact]
    public void waits_for_an_instant_unless_it_has_come()
    {
        new Activation(On: Saturday.AddTicks(1)).At(Saturday).ShouldBe(Saturday.AddTicks(1));
        new Activation(On: Saturday).At(Saturday).ShouldBeNull();
    }
}
