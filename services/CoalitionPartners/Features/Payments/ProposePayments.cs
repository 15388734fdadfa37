using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Domain.Payments;
using Loyalty.CoalitionPartners.Payments;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Payments;

/// <summary>An operator asks to pay what a closed cycle came to; nothing is instructed until another one approves.</summary>
/// <param name="ValueDate">When it shall be executed; null for the next working day.</param>
/// <param name="Maker">The operator's client.</param>
internal sealed record ProposePayments(string Cycle, DateOnly? ValueDate, string Maker) : ICommand<ShownPayments>;

internal sealed class ProposePaymentsHandler(Session session, ClearingReader reader, PartiesReader parties, TimeProvider clock)
    : IRequestHandler<ProposePayments, Outcome<ShownPayments>>
{
    public async Task<Outcome<ShownPayments>> Handle(ProposePayments request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await reader.Find(request.Cycle, now, cancellationToken) is not { Cycle: var cycle })
            return ClosingRefusals.Unknown;
        var closed = (await session.FetchForWriting<ClearingCycle>(ClearingCycle.StreamOf(cycle.Id), cancellationToken)).State.Closed;
        var stream = await session.FetchForWriting<CyclePayments>(CyclePayments.StreamOf(cycle.Id), cancellationToken);
        var decision = stream.State.Propose(closed, request.ValueDate, await parties.Read(session, closed, cancellationToken), request.Maker, now);
        var names = await reader.Names(cancellationToken);
        return session.Append(stream, decision, after => ShownPayments.Of(after, names, only: null)!);
    }
}

internal static class ProposingPayments
{
    private sealed record Body(DateOnly? ValueDate = null);

    public static void MapProposePayments(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/clearing/cycles/{id}/payments", async (string id, Body body, HttpContext http, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new ProposePayments(id, body.ValueDate, http.Caller().ClientId), ct)).ToHttp())
        .RequireScope("clearing.manage")
        .Produces<ShownPayments>()
        .WithSummary("Propose the payments of a clearing cycle")
        .WithDescription("One for each position of a closed cycle that isn't zero, by the bank accounts that hold now, on the value date or the next working day. Another operator approves "
            + "or rejects them. A cycle is paid once: proposing again answers the same. Partners without a bank account are named (bank-account-missing).");
}
