using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.PointsLedger.Domain;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.PointsLedger.Features;

internal sealed record WithdrawReward(string Id) : ICommand<ListedReward>;

internal sealed class WithdrawRewardHandler(Session session, TimeProvider clock) : IRequestHandler<WithdrawReward, Outcome<ListedReward>>
{
    public async Task<Outcome<ListedReward>> Handle(WithdrawReward request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Reward>(Reward.StreamOf(request.Id), cancellationToken);
        return session.Append(stream, stream.State.Withdraw(clock.GetUtcNow()), ListedReward.Of);
    }
}

internal static class WithdrawRewardEndpoint
{
    public static void MapWithdrawReward(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/rewards/{id}/withdrawal", async (string id, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new WithdrawReward(id), ct)).ToHttp())
        .RequireScope("rewards.manage")
        .WithSummary("Withdraw a reward")
        .WithDescription("Nobody can claim it any more, for good. Vouchers that were handed out stay good, and goals stay chosen. The second time changes nothing.")
        .Produces<ListedReward>();
}
