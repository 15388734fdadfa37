using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;

namespace Loyalty.PointsLedger.Tests.Domain;

public class ListingRewards
{
    private static readonly RewardTerms Terms = new("Headphones", P(500), Noon, Noon.AddDays(30), LimitPerMember: 2, VoucherDays: 90);
    private static readonly Reward None = Reward.Initial(Reward.StreamOf("headphones"));
    private readonly Reward listed = After(None, None.List("headphones", Grocery, RewardSupply.Stocked, 10, Terms, Noon));

    [Fact]
    public void adds_the_first_stock() =>
        Facts(None.List("headphones", Grocery, RewardSupply.Stocked, 10, Terms, Noon)).ShouldBe(
            [new RewardListed("headphones", Grocery, RewardSupply.Stocked, 10, Terms, Noon), new StockAdded(10, Noon)]);

    [Fact]
    public void again_alike_changes_nothing() => Facts(listed.List("headphones", Grocery, RewardSupply.Stocked, 10, Terms, Noon)).ShouldBeEmpty();

    [Fact]
    public void with_other_terms_makes_the_next_version()
    {
        var changed = After(listed, listed.List("headphones", Grocery, RewardSupply.Stocked, 10, Terms with { Cost = P(450) }, Noon));
        (changed.Version, changed.Terms!.Cost).ShouldBe((2, P(450)));
    }

    [Fact]
    public void never_changes_who_delivers_it_or_where_its_codes_come_from()
    {
        Refused(listed.List("headphones", Fuel, RewardSupply.Stocked, 10, Terms, Noon), "reward-differs");
        Refused(listed.List("headphones", Grocery, RewardSupply.Uploaded, null, Terms, Noon), "reward-differs");
        Refused(listed.List("headphones", Grocery, RewardSupply.Stocked, 11, Terms, Noon), "reward-differs");
    }

    [Fact]
    public void takes_only_stock_of_its_own_kind()
    {
        Facts(listed.AddStock(RewardSupply.Stocked, 5, Noon)).ShouldBe([new StockAdded(5, Noon)]);
        Refused(listed.AddStock(RewardSupply.Uploaded, 5, Noon), "supplied-otherwise");
        Refused(None.AddStock(RewardSupply.Stocked, 5, Noon), "unknown-reward");
    }

    [Fact]
    public void ends_for_good_with_its_withdrawal()
    {
        var withdrawn = After(listed, listed.Withdraw(Noon));
        Facts(withdrawn.Withdraw(Noon)).ShouldBeEmpty();
        Refused(withdrawn.List("headphones", Grocery, RewardSupply.Stocked, 10, Terms, Noon), "reward-withdrawn");
        Refused(withdrawn.AddStock(RewardSupply.Stocked, 1, Noon), "reward-withdrawn");
        withdrawn.RefuseClaim(0, Noon)!.Code.ShouldBe("reward-not-available");
        withdrawn.RefuseGoal(Noon)!.Code.ShouldBe("reward-not-available");
    }

    [Fact]
    public void offers_it_from_its_first_instant_until_just_before_its_last()
    {
        listed.RefuseClaim(0, Noon.AddTicks(-1))!.Code.ShouldBe("reward-not-available");
        listed.RefuseClaim(0, Noon).ShouldBeNull();
        listed.RefuseClaim(0, Noon.AddDays(30).AddTicks(-1)).ShouldBeNull();
        listed.RefuseClaim(0, Noon.AddDays(30))!.Code.ShouldBe("reward-not-available");
    }

    [Fact]
    public void limits_how_many_a_member_has()
    {
        listed.RefuseClaim(1, Noon).ShouldBeNull();
        listed.RefuseClaim(2, Noon)!.Code.ShouldBe("reward-limit-reached");
    }

    [Fact]
    public void lets_members_save_for_what_is_yet_to_come()
    {
        listed.RefuseGoal(Noon.AddDays(-1)).ShouldBeNull();
        listed.RefuseGoal(Noon.AddDays(30))!.Code.ShouldBe("reward-not-available");
        None.RefuseGoal(Noon)!.Code.ShouldBe("unknown-reward");
    }

    private static IReadOnlyList<IRewardFact> Facts(Decision<IRewardFact> decision) => decision.ShouldBeOfType<Decision<IRewardFact>.Accepted>().Events;

    private static Reward After(Reward reward, Decision<IRewardFact> decision) => reward.Fold(Facts(decision));

    private static void Refused(Decision<IRewardFact> decision, string code) => decision.ShouldBeOfType<Decision<IRewardFact>.Refused>().Refusal.Code.ShouldBe(code);
}
