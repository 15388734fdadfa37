using Loyalty.PointsLedger.Domain;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;

namespace Loyalty.PointsLedger.Tests.Domain;

public class SavingForGoals
{
    private readonly Account saver = Anna.Accrued("b1", 120).After(Anna.ChooseGoal("headphones", 1, P(500), Noon));

    [Fact]
    public void tells_how_many_points_are_missing() => saver.MissingToGoal(Noon).ShouldBe(P(380));

    [Fact]
    public void misses_nothing_from_the_very_point_on_that_reaches_it()
    {
        saver.Accrued("b2", 379).MissingToGoal(Noon).ShouldBe(P(1));
        saver.Accrued("b2", 380).MissingToGoal(Noon).ShouldBe(P(0));
        saver.Accrued("b2", 1000).MissingToGoal(Noon).ShouldBe(P(0));
    }

    [Fact]
    public void counts_only_points_that_can_be_spent() =>
        Anna.Accrued("b1", 120, expires: Noon.AddDays(1)).After(Anna.ChooseGoal("headphones", 1, P(500), Noon))
            .MissingToGoal(Noon.AddDays(1)).ShouldBe(P(500));

    [Fact]
    public void misses_more_again_after_spending() => saver.Redeemed("s1", 100).MissingToGoal(Noon).ShouldBe(P(480));

    [Fact]
    public void for_the_same_reward_at_the_same_cost_changes_nothing() => saver.ChooseGoal("headphones", 2, P(500), Noon).Facts().ShouldBeEmpty();

    [Fact]
    public void takes_the_new_cost_when_the_reward_is_chosen_again() =>
        saver.After(saver.ChooseGoal("headphones", 2, P(450), Noon)).Goal.ShouldBe(new Goal("headphones", P(450)));

    [Fact]
    public void drops_a_goal_once()
    {
        saver.DropGoal(Noon).Only<GoalDropped>().ShouldBe(new GoalDropped("headphones", "dropped", Noon, Noon));
        var without = saver.After(saver.DropGoal(Noon));
        without.Goal.ShouldBeNull();
        without.MissingToGoal(Noon).ShouldBeNull();
        without.DropGoal(Noon).Facts().ShouldBeEmpty();
    }

    [Fact]
    public void is_over_when_the_account_is()
    {
        var closed = saver.After(saver.Close("erased", Noon, Noon));
        closed.ChooseGoal("bag", 1, P(1), Noon).ShouldBeRefused("account-closed");
        closed.DropGoal(Noon).ShouldBeRefused("account-closed");
    }
}
