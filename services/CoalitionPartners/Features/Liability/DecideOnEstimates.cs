using Loyalty.CoalitionPartners.Domain.Liability;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Liability;

/// <summary>A second operator agrees with a version of the estimates, or disagrees.</summary>
/// <param name="Checker">The operator's client.</param>
internal sealed record DecideOnEstimates(int Version, bool Approved, string Checker) : ICommand<ShownEstimates>;

internal sealed class DecideOnEstimatesHandler(Session session, TimeProvider clock) : IRequestHandler<DecideOnEstimates, Outcome<ShownEstimates>>
{
    public async Task<Outcome<ShownEstimates>> Handle(DecideOnEstimates request, CancellationToken cancellationToken)
    {
        var place = await LiabilityRows.Read(session.DocumentStore.DataSource, cancellationToken);
        var stream = await session.FetchForWriting<LiabilityEstimates>(LiabilityEstimates.Stream, cancellationToken);
        var decision = request.Approved
            ? stream.State.Approve(request.Version, place.ClosedThrough, request.Checker, clock.GetUtcNow())
            : stream.State.Reject(request.Version, request.Checker, clock.GetUtcNow());
        return session.Append(stream, decision, after => ShownEstimates.Of(after.Find(request.Version)!));
    }
}

internal static class DecidingOnEstimates
{
    public static void MapDecideOnEstimates(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/liability/estimates/{version:int}/approval", (int version, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(version, Approved: true, http.Caller().ClientId), mediator, ct))
            .RequireScope("liability.manage")
            .Produces<ShownEstimates>()
            .WithSummary("Approve estimates of breakage")
            .WithDescription("From now on the books of its months are kept by it. Only another operator than the one who proposed it may do so (same-person). Approving again changes nothing.");

        app.MapPost("/v1/liability/estimates/{version:int}/rejection", (int version, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(version, Approved: false, http.Caller().ClientId), mediator, ct))
            .RequireScope("liability.manage")
            .Produces<ShownEstimates>()
            .WithSummary("Reject estimates of breakage")
            .WithDescription("Nothing becomes of them. Only another operator than the one who proposed them may do so (same-person). Rejecting again changes nothing.");
    }

    private static async Task<IResult> Answer(DecideOnEstimates command, IMediator mediator, CancellationToken ct) => (await mediator.Send(command, ct)).ToHttp();
}
