using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.PointsLedger.Features;

/// <summary>A member takes their cards out of the pool of a household; the points are the household's.</summary>
internal sealed record LeavePool(Guid PoolId, Guid Account) : ICommand<SeparatedAccount>;

internal sealed class LeavePoolHandler(Session session, AccountMerging merging) : IRequestHandler<LeavePool, Outcome<SeparatedAccount>>
{
    public async Task<Outcome<SeparatedAccount>> Handle(LeavePool request, CancellationToken cancellationToken)
    {
        var pool = await session.FetchForWriting<Account>(request.PoolId, cancellationToken);
        return pool.State.Pool ? await merging.Leave(request.Account, request.PoolId, cancellationToken) : Refusals.UnknownPool;
    }
}

internal static class LeavingPools
{
    public static void MapLeavePool(this IEndpointRouteBuilder app) => app
        .MapDelete("/v1/pools/{poolId:guid}/members/{account:guid}", async (Guid poolId, Guid account, HttpContext http, AccountDesk desk, CancellationToken ct) =>
        {
            http.RequireOperator();
            return (await desk.Send(new LeavePool(poolId, account), [AccountId.From(poolId), AccountId.From(account)], ct)).ToHttp();
        })
        .RequireScope("accounts.manage")
        .WithSummary("Let a member leave a pool")
        .WithDescription("The member's cards lead to the member's own account again; the points stay in the pool. Of an account that isn't in the pool nothing changes. For operators.")
        .Produces<SeparatedAccount>();
}
