using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Clearing;

/// <summary>A second operator agrees that a cycle is closed, which cuts it at this very place of the log.</summary>
internal sealed record ApproveClosing(string Cycle, string Checker) : ICommand<ShownCycle>;

internal sealed class ApproveClosingHandler(Session session, ClearingReader reader, TimeProvider clock) : IRequestHandler<ApproveClosing, Outcome<ShownCycle>>
{
    public async Task<Outcome<ShownCycle>> Handle(ApproveClosing request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await reader.Find(request.Cycle, now, cancellationToken) is not { Cycle: var cycle })
            return ClosingRefusals.Unknown;
        var stream = await session.FetchForWriting<ClearingCycle>(ClearingCycle.StreamOf(cycle.Id), cancellationToken);
        var decision = stream.State.Approve(await reader.NeighboursOf(cycle, cancellationToken), request.Checker, now);
        return session.Append(stream, decision, after => ShownCycle.Of(cycle, after, now));
    }
}

internal static class ApprovingClosings
{
    public static void MapApproveClosing(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/clearing/cycles/{id}/closing/approval", async (string id, HttpContext http, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new ApproveClosing(id, http.Caller().ClientId), ct)).ToHttp())
        .RequireScope("clearing.manage")
        .Produces<ShownCycle>()
        .WithSummary("Approve the closing of a clearing cycle")
        .WithDescription("Cuts the cycle: it holds the postings that this service had recorded before this moment, and whatever comes later goes to the next cycle, with a "
            + "reference to this one. Its statements follow within moments and never change. Only another operator than the one who proposed it may do so (same-person). "
            + "Approving again changes nothing.");
}
