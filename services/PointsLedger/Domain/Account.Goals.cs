using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain;

/// <summary>A reward that the member saves for.</summary>
/// <param name="Cost">What it cost when it was chosen; that is what counts until it is chosen again.</param>
internal sealed record Goal(string Reward, Points Cost);

/// <summary>A member may save for a reward: balances and tills then tell how many points are still missing.</summary>
internal sealed partial record Account
{
    /// <summary>Choosing another reward drops the one before; choosing the same one at the same cost changes nothing.</summary>
    /// <param name="version">The version of the reward that says what it costs.</param>
    public Decision<IAccountFact> ChooseGoal(string reward, int version, Points cost, DateTimeOffset at)
    {
        if (Closed || !Opened) return Refusals.AccountClosed;
        return Goal == new Goal(reward, cost) ? Accept() : Accept(new GoalChosen(reward, version, cost, at, at));
    }

    /// <summary>Where there is no goal, nothing changes.</summary>
    public Decision<IAccountFact> DropGoal(DateTimeOffset at)
    {
        if (Closed || !Opened) return Refusals.AccountClosed;
        return Goal is { } goal ? Accept(new GoalDropped(goal.Reward, "dropped", at, at)) : Accept();
    }

    /// <summary>The points that can't be spent towards the goal yet: none once it is reached; null without a goal.</summary>
    public Points? MissingToGoal(DateTimeOffset at) =>
        Goal is { } goal ? goal.Cost > Balance(at) ? goal.Cost - Balance(at) : Points.Zero : null;
}
