using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Clearing;

/// <summary>A second operator disagrees: the cycle stays open until its closing is proposed again.</summary>
internal sealed record RejectClosing(string Cycle, string Checker) : ICommand<ShownCycle>;

internal sealed class RejectClosingHandler(Session session, ClearingReader reader, TimeProvider clock) : IRequestHandler<RejectClosing, Outcome<ShownCycle>>
{
    public async Task<Outcome<ShownCycle>> Handle(RejectClosing request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await reader.Find(request.Cycle, now, cancellationToken) is not { Cycle: var cycle })
            return ClosingRefusals.Unknown;
        var stream = await session.FetchForWriting<ClearingCycle>(ClearingCycle.StreamOf(cycle.Id), cancellationToken);
        return session.Append(stream, stream.State.Reject(request.Checker, now), after => ShownCycle.Of(cycle, after, now));
    }
}

internal static class RejectingClosings
{
    public static void MapRejectClosing(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/clearing/cycles/{id}/closing/rejection", async (string id, HttpContext http, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new RejectClosing(id, http.Caller().ClientId), ct)).ToHttp())
        .RequireScope("clearing.manage")
        .Produces<ShownCycle>()
        .WithSummary("Reject the closing of a clearing cycle")
        .WithDescription("The cycle stays as it is, and its closing can be proposed again. Only another operator than the one who proposed it may do so (same-person). "
            + "Rejecting again changes nothing.");
}
