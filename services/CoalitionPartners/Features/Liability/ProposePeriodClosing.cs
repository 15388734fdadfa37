using Loyalty.CoalitionPartners.Domain.Liability;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Liability;

/// <summary>An operator asks to close the books of a month; nothing happens to them until another one approves.</summary>
/// <param name="Maker">The operator's client.</param>
internal sealed record ProposePeriodClosing(string Month, string Maker) : ICommand<ShownPeriod>;

internal sealed class ProposePeriodClosingHandler(Session session, TimeProvider clock) : IRequestHandler<ProposePeriodClosing, Outcome<ShownPeriod>>
{
    public async Task<Outcome<ShownPeriod>> Handle(ProposePeriodClosing request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (ShownPeriod.Begun(request.Month, now) is not { } month)
            return LiabilityRefusals.PeriodUnknown;
        var place = await LiabilityRows.Read(session.DocumentStore.DataSource, cancellationToken);
        var stream = await session.FetchForWriting<LiabilityPeriod>(LiabilityPeriod.StreamOf(month), cancellationToken);
        return session.Append(stream, stream.State.Propose(month, place.Next, request.Maker, now), after => ShownPeriod.Of(month, after, isOperator: true));
    }
}

internal static class ProposingPeriodClosings
{
    public static void MapProposePeriodClosing(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/liability/periods/{month}/closing", async (string month, HttpContext http, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new ProposePeriodClosing(month, http.Caller().ClientId), ct)).ToHttp())
        .RequireScope("liability.manage")
        .Produces<ShownPeriod>()
        .WithSummary("Propose to close the books of a month")
        .WithDescription("Possible once the month is over in UTC (period-not-over), and when all months before it are closed (period-not-next). Another operator approves or rejects it. "
            + "Proposing again changes nothing.");
}
