using Loyalty.CoalitionPartners.Domain.Disputes;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Disputes;

/// <summary>A second operator approves how a dispute is to be decided, and with that it is; or declines it.</summary>
internal sealed record DecideOnDispute(Guid DisputeId, bool Approved, string Checker) : ICommand<ShownDispute>;

internal sealed class DecideOnDisputeHandler(Session session, TimeProvider clock) : IRequestHandler<DecideOnDispute, Outcome<ShownDispute>>
{
    public async Task<Outcome<ShownDispute>> Handle(DecideOnDispute request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Dispute>(Dispute.StreamOf(request.DisputeId), cancellationToken);
        var decision = request.Approved ? stream.State.Approve(request.Checker, clock.GetUtcNow()) : stream.State.Decline(request.Checker, clock.GetUtcNow());
        if (decision is Decision<DisputeFact>.Accepted { Events: [DisputeUpheld upheld] })
            session.Append(await session.FetchForWriting<Correction>(Correction.StreamOf(upheld.Correction), cancellationToken), [stream.State.Correcting(upheld)]);
        return session.Append(stream, decision, after => ShownDispute.Of(after, isOperator: true));
    }
}

internal static class DecidingOnDisputes
{
    public static void MapDecideOnDispute(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/clearing/disputes/{disputeId:guid}/decision/approval", (Guid disputeId, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(disputeId, Approved: true, http.Caller().ClientId), mediator, ct))
            .RequireScope("clearing.manage")
            .Produces<ShownDispute>()
            .WithSummary("Approve the decision of a dispute")
            .WithDescription("With that it is decided. Where it is upheld, a correction is posted into the clearing cycle that is open now, with a reference to the line; the closed statement stays as it is. "
                + "Only another operator than the one who proposed it may do so (same-person). Approving again changes nothing.");

        app.MapPost("/v1/clearing/disputes/{disputeId:guid}/decision/rejection", (Guid disputeId, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(disputeId, Approved: false, http.Caller().ClientId), mediator, ct))
            .RequireScope("clearing.manage")
            .Produces<ShownDispute>()
            .WithSummary("Decline the decision of a dispute")
            .WithDescription("The dispute is as open as before, and another decision can be proposed. Only another operator than the one who proposed it may do so (same-person). Declining again changes nothing.");
    }

    private static async Task<IResult> Answer(DecideOnDispute command, IMediator mediator, CancellationToken ct) => (await mediator.Send(command, ct)).ToHttp();
}
