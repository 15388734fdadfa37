using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Domain.Payments;
using Loyalty.CoalitionPartners.Payments;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Payments;

/// <summary>A second operator agrees that a cycle is paid, or disagrees.</summary>
internal sealed record DecideOnPayments(string Cycle, bool Approved, string Checker) : ICommand<PaymentsDecided>;

/// <param name="Payments">What is instructed; null where it was rejected.</param>
internal sealed record PaymentsDecided(string CycleId, bool Instructed, ShownPayments? Payments);

internal sealed class DecideOnPaymentsHandler(Session session, ClearingReader reader, PartiesReader parties, TimeProvider clock)
    : IRequestHandler<DecideOnPayments, Outcome<PaymentsDecided>>
{
    public async Task<Outcome<PaymentsDecided>> Handle(DecideOnPayments request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await reader.Find(request.Cycle, now, cancellationToken) is not { Cycle: var cycle })
            return ClosingRefusals.Unknown;
        var closed = (await session.FetchForWriting<ClearingCycle>(ClearingCycle.StreamOf(cycle.Id), cancellationToken)).State.Closed;
        var stream = await session.FetchForWriting<CyclePayments>(CyclePayments.StreamOf(cycle.Id), cancellationToken);
        var decision = request.Approved
            ? stream.State.Approve(closed, await parties.Read(session, closed, cancellationToken), request.Checker, now)
            : stream.State.Reject(request.Checker, now);
        var names = await reader.Names(cancellationToken);
        return session.Append(
            stream, decision, after => new PaymentsDecided(cycle.Id.ToString(), after.Instructed is not null, ShownPayments.Of(after, names, only: null)));
    }
}

internal static class DecidingOnPayments
{
    public static void MapDecideOnPayments(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/clearing/cycles/{id}/payments/approval", (string id, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(id, Approved: true, http.Caller().ClientId), mediator, ct))
            .RequireScope("clearing.manage")
            .Produces<PaymentsDecided>()
            .WithSummary("Approve the payments of a clearing cycle")
            .WithDescription("They are instructed, and can be fetched for the bank. Only another operator than the one who proposed them may do so (same-person), and only as long as the "
                + "bank accounts are still those of the proposal (payments-outdated). Approving again changes nothing.");

        app.MapPost("/v1/clearing/cycles/{id}/payments/rejection", (string id, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(id, Approved: false, http.Caller().ClientId), mediator, ct))
            .RequireScope("clearing.manage")
            .Produces<PaymentsDecided>()
            .WithSummary("Reject the payments of a clearing cycle")
            .WithDescription("Nothing is paid, and the payments can be proposed again. Only another operator than the one who proposed them may do so (same-person). Rejecting again changes nothing.");
    }

    private static async Task<IResult> Answer(DecideOnPayments command, IMediator mediator, CancellationToken ct) => (await mediator.Send(command, ct)).ToHttp();
}
