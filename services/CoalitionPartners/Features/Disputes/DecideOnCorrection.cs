using Loyalty.CoalitionPartners.Domain.Disputes;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Disputes;

/// <summary>A second operator agrees with a correction, and with that it is posted; or disagrees.</summary>
internal sealed record DecideOnCorrection(Guid CorrectionId, bool Approved, string Checker) : ICommand<ShownCorrection>;

internal sealed class DecideOnCorrectionHandler(Session session, TimeProvider clock) : IRequestHandler<DecideOnCorrection, Outcome<ShownCorrection>>
{
    public async Task<Outcome<ShownCorrection>> Handle(DecideOnCorrection request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Correction>(Correction.StreamOf(request.CorrectionId), cancellationToken);
        var decision = request.Approved ? stream.State.Approve(request.Checker, clock.GetUtcNow()) : stream.State.Reject(request.Checker, clock.GetUtcNow());
        return session.Append(stream, decision, ShownCorrection.Of);
    }
}

internal static class DecidingOnCorrections
{
    public static void MapDecideOnCorrection(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/clearing/corrections/{correctionId:guid}/approval", (Guid correctionId, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(correctionId, Approved: true, http.Caller().ClientId), mediator, ct))
            .RequireScope("clearing.manage")
            .Produces<ShownCorrection>()
            .WithSummary("Approve a correction")
            .WithDescription("It is posted into the clearing cycle that is open now. Only another operator than the one who proposed it may do so (same-person). Approving again changes nothing.");

        app.MapPost("/v1/clearing/corrections/{correctionId:guid}/rejection", (Guid correctionId, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(correctionId, Approved: false, http.Caller().ClientId), mediator, ct))
            .RequireScope("clearing.manage")
            .Produces<ShownCorrection>()
            .WithSummary("Reject a correction")
            .WithDescription("Nothing becomes of it. Only another operator than the one who proposed it may do so (same-person). Rejecting again changes nothing.");
    }

    private static async Task<IResult> Answer(DecideOnCorrection command, IMediator mediator, CancellationToken ct) => (await mediator.Send(command, ct)).ToHttp();
}
