using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.PointsLedger.Features;

/// <summary>A member saves for a reward; for none where it is null.</summary>
internal sealed record ChooseGoal(AccountId Account, string? Reward) : ICommand<ChosenGoal>;

/// <param name="Account">The account.</param>
/// <param name="Goal">The reward and what is missing; null for no goal.</param>
/// <param name="Version">Version of the account.</param>
internal sealed record ChosenGoal(Guid Account, GoalProgress? Goal, long Version);

internal sealed class ChooseGoalHandler(Session session, DocumentStore store, RuleBook rules, TimeProvider clock) : IRequestHandler<ChooseGoal, Outcome<ChosenGoal>>
{
    public async Task<Outcome<ChosenGoal>> Handle(ChooseGoal request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var account = await session.FetchForWriting<Account>(request.Account.Value, cancellationToken);
        var decision = request.Reward is { } reward ? await Choose(account.State, reward, now, cancellationToken) : account.State.DropGoal(now);
        if (decision is not Decision<IAccountFact>.Accepted { Events: var facts }) return ((Decision<IAccountFact>.Refused)decision).Refusal;
        var after = session.Append(account, facts);
        return new ChosenGoal(after.Id, GoalProgress.Of(after.State.LapsedTo(now, await rules.Programme()), now), after.Version);
    }

    private async Task<Decision<IAccountFact>> Choose(Account account, string id, DateTimeOffset now, CancellationToken ct)
    {
        var reward = (await store.Load<Reward>(Reward.StreamOf(id), ct))?.State ?? Reward.Initial(Guid.Empty);
        return reward.RefuseGoal(now) is { } refusal ? refusal : account.ChooseGoal(id, reward.Version, reward.Terms!.Cost, now);
    }
}

internal static class ChooseGoalEndpoint
{
    private sealed record GoalRequest(string Reward);

    public static void MapChooseGoal(this IEndpointRouteBuilder app)
    {
        app.MapPut("/v1/accounts/{id:guid}/goal", (Guid id, GoalRequest body, AccountDesk desk, CancellationToken ct) =>
                Choose(new(AccountId.From(id), body.Reward), desk, ct))
            .RequireScope("ledger.goal")
            .WithSummary("Choose a goal")
            .WithDescription("The member saves for a reward: balances and answers to tills carry its cost and the points still missing. The cost is that of now; choose it again "
                + "after it has changed. Choosing another reward drops the one before.")
            .Produces<ChosenGoal>();

        app.MapDelete("/v1/accounts/{id:guid}/goal", (Guid id, AccountDesk desk, CancellationToken ct) =>
                Choose(new(AccountId.From(id), Reward: null), desk, ct))
            .RequireScope("ledger.goal")
            .WithSummary("Drop the goal")
            .WithDescription("The member saves for nothing any more. Without a goal this changes nothing.")
            .Produces<ChosenGoal>();
    }

    private static async Task<IResult> Choose(ChooseGoal command, AccountDesk desk, CancellationToken ct) =>
        (await desk.Send(command, [command.Account], ct)).ToHttp();
}
