using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Clearing;

/// <summary>
/// A second operator agrees that a cycle is closed, which cuts it at this very place of the log; or disagrees, and it stays open until its
/// closing is proposed again.
/// </summary>
/// <param name="Checker">The operator's client.</param>
internal sealed record DecideOnClosing(string Cycle, bool Approved, string Checker) : ICommand<ShownCycle>;

internal sealed class DecideOnClosingHandler(Session session, ClearingReader reader, TimeProvider clock) : IRequestHandler<DecideOnClosing, Outcome<ShownCycle>>
{
    public async Task<Outcome<ShownCycle>> Handle(DecideOnClosing request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await reader.Find(request.Cycle, now, cancellationToken) is not { Cycle: var cycle })
            return ClosingRefusals.Unknown;
        var stream = await session.FetchForWriting<ClearingCycle>(ClearingCycle.StreamOf(cycle.Id), cancellationToken);
        var decision = request.Approved
            ? stream.State.Approve(await reader.NeighboursOf(cycle, cancellationToken), request.Checker, now)
            : stream.State.Reject(request.Checker, now);
        return session.Append(stream, decision, after => ShownCycle.Of(cycle, after, now));
    }
}

internal static class DecidingOnClosings
{
    public static void MapDecideOnClosing(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/clearing/cycles/{id}/closing/approval", (string id, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(id, Approved: true, http.Caller().ClientId), mediator, ct))
            .RequireScope("clearing.manage")
            .Produces<ShownCycle>()
            .WithSummary("Approve the closing of a clearing cycle")
            .WithDescription("Cuts the cycle: it holds the postings that this service had recorded before this moment, and whatever comes later goes to the next cycle, with a "
                + "reference to this one. Its statements follow within moments and never change. Only another operator than the one who proposed it may do so (same-person). "
                + "Approving again changes nothing.");

        app.MapPost("/v1/clearing/cycles/{id}/closing/rejection", (string id, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(id, Approved: false, http.Caller().ClientId), mediator, ct))
            .RequireScope("clearing.manage")
            .Produces<ShownCycle>()
            .WithSummary("Reject the closing of a clearing cycle")
            .WithDescription("The cycle stays as it is, and its closing can be proposed again. Only another operator than the one who proposed it may do so (same-person). "
                + "Rejecting again changes nothing.");
    }

    private static async Task<IResult> Answer(DecideOnClosing command, IMediator mediator, CancellationToken ct) => (await mediator.Send(command, ct)).ToHttp();
}
