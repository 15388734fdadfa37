using Loyalty.Commands;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Lanes;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.PointsLedger.Features;

/// <summary>Two accounts were merged that belong to two members.</summary>
internal sealed record UndoMerge(Guid Account) : ICommand<SeparatedAccount>;

internal sealed class UndoMergeHandler(AccountMerging merging) : IRequestHandler<UndoMerge, Outcome<SeparatedAccount>>
{
    public Task<Outcome<SeparatedAccount>> Handle(UndoMerge request, CancellationToken cancellationToken) => merging.Undo(request.Account, cancellationToken);
}

internal static class UndoingMerges
{
    public static void MapUndoMerge(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/accounts/{id:guid}/merge/undo", async (Guid id, HttpContext http, AccountDesk desk, PostingLanes lanes, CancellationToken ct) =>
        {
            http.RequireOperator();
            var outcome = await desk.Send(new UndoMerge(id), [AccountId.From(id)], ct);
            if (outcome is Outcome<SeparatedAccount>.Accepted { Answer.From: var from }) lanes.Forget([AccountId.From(from)]);
            return outcome.ToHttp();
        })
        .RequireScope("accounts.manage")
        .WithSummary("Undo a merge")
        .WithDescription(
            "Within 30 days of a merge: the account's cards lead to it again, and what is left of the points that had gone over goes back, and of what was owed. " +
            "What was earned or spent in between stays with the other account. Again changes nothing. For operators.")
        .Produces<SeparatedAccount>();
}
