using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain.Reconciling;

public sealed class PublishingMatchingRules
{
    private static readonly MatchingRules None = MatchingRules.Initial(MatchingRules.Stream);
    private static readonly MatchingRule Loose = new(600, 5, 1, ByCard: false);
    private static readonly MatchingRules One = None.Fold(None.Publish(Loose, "anna", Noon).Facts());

    [Fact]
    public void makes_versions_that_can_be_found_for_ever()
    {
        var two = One.Fold(One.Publish(Loose with { AmountMinor = 0 }, "anna", Noon).Facts());
        (two.Version, two.Find(0), two.Find(1), two.Find(2), two.Find(3)).ShouldBe((2, MatchingRule.Usual, Loose, Loose with { AmountMinor = 0 }, null));
    }

    [Fact]
    public void does_nothing_when_the_rule_that_holds_is_sent_again() => One.Publish(Loose, "bert", Noon).Facts().ShouldBeEmpty();
}
