using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Liability;
using Loyalty.CoalitionPartners.Liability;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Liability;

/// <summary>A second operator agrees that the books of a month are closed, or disagrees.</summary>
/// <param name="Checker">The operator's client.</param>
internal sealed record DecideOnPeriodClosing(string Month, bool Approved, string Checker) : ICommand<ShownPeriod>;

internal sealed class DecideOnPeriodClosingHandler(Session session, LiabilityBooks books, TimeProvider clock) : IRequestHandler<DecideOnPeriodClosing, Outcome<ShownPeriod>>
{
    public async Task<Outcome<ShownPeriod>> Handle(DecideOnPeriodClosing request, CancellationToken cancellationToken)
    {
        if (ShownPeriod.Begun(request.Month, clock.GetUtcNow()) is not { } month)
            return LiabilityRefusals.PeriodUnknown;
        if (request.Approved)
            return await Close(month, request.Checker, cancellationToken);
        var stream = await session.FetchForWriting<LiabilityPeriod>(LiabilityPeriod.StreamOf(month), cancellationToken);
        return session.Append(stream, stream.State.Reject(request.Checker, clock.GetUtcNow()), after => ShownPeriod.Of(month, after, isOperator: true));
    }

    // Nothing moves from before the figures are computed until they are stored and the month is closed.
    private async Task<Outcome<ShownPeriod>> Close(Month month, string checker, CancellationToken ct)
    {
        var store = session.DocumentStore;
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var place = await LiabilityRows.Hold(transaction, ct);
        await using var closing = store.OpenSession(session.Origin, transaction);
        closing.Expect(await closing.FetchForWriting<LiabilityEstimates>(LiabilityEstimates.Stream, ct));
        var stream = await closing.FetchForWriting<LiabilityPeriod>(LiabilityPeriod.StreamOf(month), ct);
        var decision = stream.State.Approve(place.Next, await books.Compute(month, place.LedgerEvents, ct), checker, clock.GetUtcNow());
        var outcome = closing.Append(stream, decision, after => ShownPeriod.Of(month, after, isOperator: true));
        if (decision is not Decision<LiabilityPeriodFact>.Accepted { Events: [LiabilityPeriodClosed] })
            return outcome;
        await LiabilityRows.Close(transaction, month, ct);
        await closing.SaveChanges(ct);
        await transaction.CommitAsync(ct);
        return outcome;
    }
}

internal static class DecidingOnPeriodClosings
{
    public static void MapDecideOnPeriodClosing(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/liability/periods/{month}/closing/approval", (string month, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(month, Approved: true, http.Caller().ClientId), mediator, ct))
            .RequireScope("liability.manage")
            .Produces<ShownPeriod>()
            .WithSummary("Approve the closing of the books of a month")
            .WithDescription("Closes the month at this moment: its figures are stored as they are and never change, and what comes later stands in the next month, with the one in which it "
                + "happened. Only another operator than the one who proposed it may do so (same-person). Approving again changes nothing.");

        app.MapPost("/v1/liability/periods/{month}/closing/rejection", (string month, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(month, Approved: false, http.Caller().ClientId), mediator, ct))
            .RequireScope("liability.manage")
            .Produces<ShownPeriod>()
            .WithSummary("Reject the closing of the books of a month")
            .WithDescription("The month stays open, and its closing can be proposed again. Only another operator than the one who proposed it may do so (same-person). "
                + "Rejecting again changes nothing.");
    }

    private static async Task<IResult> Answer(DecideOnPeriodClosing command, IMediator mediator, CancellationToken ct) => (await mediator.Send(command, ct)).ToHttp();
}
