using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Clearing;

/// <summary>An operator asks to close a cycle; nothing happens to it until another one approves.</summary>
/// <param name="Maker">The operator's client.</param>
internal sealed record ProposeClosing(string Cycle, string Maker) : ICommand<ShownCycle>;

internal sealed class ProposeClosingHandler(Session session, ClearingReader reader, TimeProvider clock) : IRequestHandler<ProposeClosing, Outcome<ShownCycle>>
{
    public async Task<Outcome<ShownCycle>> Handle(ProposeClosing request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await reader.Find(request.Cycle, now, cancellationToken) is not { Cycle: var cycle })
            return ClosingRefusals.Unknown;
        var stream = await session.FetchForWriting<ClearingCycle>(ClearingCycle.StreamOf(cycle.Id), cancellationToken);
        var decision = stream.State.Propose(cycle, await reader.NeighboursOf(cycle, cancellationToken), request.Maker, now);
        return session.Append(stream, decision, after => ShownCycle.Of(cycle, after, now));
    }
}

internal static class ProposingClosings
{
    public static void MapProposeClosing(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/clearing/cycles/{id}/closing", async (string id, HttpContext http, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new ProposeClosing(id, http.Caller().ClientId), ct)).ToHttp())
        .RequireScope("clearing.manage")
        .Produces<ShownCycle>()
        .WithSummary("Propose to close a clearing cycle")
        .WithDescription("Possible once the cycle is over and its days of grace have passed (cycle-not-over), and when no earlier cycle with postings is left open "
            + "(earlier-cycle-open). Another operator approves or rejects it. Proposing again changes nothing.");
}
