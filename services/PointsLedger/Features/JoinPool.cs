using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.PointsLedger.Features;

/// <summary>A member puts their points into the pool of their household.</summary>
internal sealed record JoinPool(Guid PoolId, Guid Account) : ICommand<MergedAccount>;

internal sealed class JoinPoolHandler(Session session, AccountMerging merging, RuleBook rules) : IRequestHandler<JoinPool, Outcome<MergedAccount>>
{
    public async Task<Outcome<MergedAccount>> Handle(JoinPool request, CancellationToken cancellationToken)
    {
        var pool = await session.FetchForWriting<Account>(request.PoolId, cancellationToken);
        if (!pool.State.Pool) return Refusals.UnknownPool;
        if ((await rules.Programme()).Transfers is null) return Refusals.TransfersNotAllowed;
        return await merging.Merge(request.Account, request.PoolId, TransferKind.Pool, cancellationToken);
    }
}

internal static class JoiningPools
{
    private sealed record MemberRequest(Guid Account);

    public static void MapJoinPool(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/pools/{poolId:guid}/members", async (Guid poolId, MemberRequest body, HttpContext http, AccountDesk desk, CancellationToken ct) =>
        {
            http.RequireOperator();
            return (await desk.Send(new JoinPool(poolId, body.Account), [AccountId.From(poolId), AccountId.From(body.Account)], ct)).ToHttp();
        })
        .RequireScope("accounts.manage")
        .WithSummary("Let a member join a pool")
        .WithDescription(
            "Moves the points, what is owed and the cards of a member's account into the pool: from then on the cards earn and spend there. The programme must allow " +
            "transfers; open reservations must be settled first. Again changes nothing. For operators.")
        .Produces<MergedAccount>();
}
