using Loyalty.CoalitionPartners.Domain;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain;

public sealed class PublishingTheProgramme
{
    private static readonly Programme Nothing = Programme.Initial(Programme.Stream);
    private static readonly Programme Published = Nothing.When(new ProgrammePublished(1, Noon.AddYears(-3), Written.Programme(), Noon));

    [Fact]
    public void may_start_in_the_past_the_first_time()
    {
        var document = Written.Programme();
        Nothing.Publish(Noon.AddYears(-3), document, Noon).Facts().ShouldHaveSingleItem()
            .ShouldBe(new ProgrammePublished(1, Noon.AddYears(-3), document, Noon));
    }

    [Fact]
    public void may_not_start_in_the_past_later_on()
    {
        var other = Written.Programme("""{"rounding":"half-even"}""");
        Published.Publish(Noon.AddTicks(-1), other, Noon).Refusal().ShouldBe("programme-backdated");
        Published.Publish(Noon, other, Noon).Facts().ShouldHaveSingleItem().ShouldBe(new ProgrammePublished(2, Noon, other, Noon));
    }

    [Fact]
    public void again_does_nothing_although_its_start_is_past() =>
        Published.Publish(Noon.AddYears(-3).ToOffset(TimeSpan.FromHours(2)), Written.Programme(), Noon.AddDays(1)).Facts().ShouldBeEmpty();

    [Fact]
    public void with_another_start_makes_the_next_version() =>
        Published.Publish(Noon.AddDays(1), Written.Programme(), Noon).Facts().ShouldHaveSingleItem().ShouldBeOfType<ProgrammePublished>().Version.ShouldBe(2);

    [Fact]
    public void starts_neither_before_the_year_2000_nor_in_a_far_future()
    {
        Nothing.Publish(Noon.AddYears(-100), Written.Programme(), Noon).Refusal().ShouldBe("effective-from-not-allowed");
        Nothing.Publish(Noon.AddYears(11), Written.Programme(), Noon).Refusal().ShouldBe("effective-from-not-allowed");
    }
}
