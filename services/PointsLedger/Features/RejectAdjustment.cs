using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.PointsLedger.Features;

/// <summary>A second operator disagrees with an adjustment: nothing becomes of it.</summary>
internal sealed record RejectAdjustment(Guid Adjustment, string Checker) : ICommand<AdjustmentLine>;

internal sealed class RejectAdjustmentHandler(Session session, TimeProvider clock) : IRequestHandler<RejectAdjustment, Outcome<AdjustmentLine>>
{
    public async Task<Outcome<AdjustmentLine>> Handle(RejectAdjustment request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Adjustment>(Adjustment.StreamOf(request.Adjustment), cancellationToken);
        return session.Append(stream, stream.State.Reject(request.Checker, clock.GetUtcNow()), AdjustmentLine.Of);
    }
}

internal static class RejectAdjustmentEndpoint
{
    public static void MapRejectAdjustment(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/adjustments/{id:guid}/rejection", async (Guid id, HttpContext http, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new RejectAdjustment(id, http.Caller().ClientId), ct)).ToHttp())
        .RequireScope("ledger.approve")
        .WithSummary("Reject an adjustment")
        .WithDescription("Nothing becomes of it. Only another operator than the one who proposed it may do so. Rejecting again changes nothing.")
        .Produces<AdjustmentLine>();
}
