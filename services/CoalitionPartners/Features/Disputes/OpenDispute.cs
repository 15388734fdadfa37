using FluentValidation;
using Loyalty.CoalitionPartners.Clearing;
using Loyalty.CoalitionPartners.Domain.Disputes;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Disputes;

/// <summary>A partner objects to a line of its closed statement.</summary>
/// <param name="Caller">The partner that asks.</param>
/// <param name="Amount">What it wants more of, or to owe less.</param>
internal sealed record OpenDispute(
    string Cycle, Guid PartnerId, PartnerId Caller, string LineId, ExactNumber Amount, string Currency, string Reason, string By) : ICommand<ShownDispute>;

internal sealed class OpenDisputeRules : AbstractValidator<OpenDispute>
{
    private const int Decimals = 3;

    // No line comes near it, and all that is in question can still be added up.
    private const long Most = 1_000_000_000;

    public OpenDisputeRules()
    {
        RuleFor(c => c.Currency).MustBeCurrency();
        RuleFor(c => c.Amount).MustBePositive(Decimals, Most);
        RuleFor(c => c.Reason).MustBeSentence();
    }
}

internal sealed class OpenDisputeHandler(Session session, Statements statements, TimeProvider clock) : IRequestHandler<OpenDispute, Outcome<ShownDispute>>
{
    public async Task<Outcome<ShownDispute>> Handle(OpenDispute request, CancellationToken cancellationToken)
    {
        if (await statements.Find(request.Cycle, new(request.PartnerId), request.Caller, cancellationToken) is not { } found || !found.Statement.Has(request.LineId))
            return DisputeRefusals.LineUnknown;
        if (found.Figures.Preliminary)
            return DisputeRefusals.NotClosed;
        var (cycle, currency) = (found.Figures.Row.Cycle.Id, found.Statement.Currency);
        if (request.Currency != currency.Code)
            return DisputeRefusals.Currency(currency);
        var amount = Money.Rounded(request.Amount.Value, currency);
        if (amount.Amount != request.Amount.Value)
            return DisputeRefusals.TooFine(currency);
        var stream = await session.FetchForWriting<Dispute>(Dispute.StreamOf(Dispute.IdOf(cycle, request.Caller, request.LineId)), cancellationToken);
        var decision = stream.State.Open(cycle, request.Caller, request.LineId, amount, request.Reason, request.By, clock.GetUtcNow());
        return session.Append(stream, decision, after => ShownDispute.Of(after, isOperator: false));
    }
}

internal static class OpeningDisputes
{
    private sealed record Body(ExactNumber Amount, string Currency, string Reason);

    public static void MapOpenDispute(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/clearing/cycles/{id}/statements/{partnerId:guid}/lines/{lineId}/disputes", async (
            string id, Guid partnerId, string lineId, Body body, HttpContext http, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new OpenDispute(id, partnerId, http.Partner(), lineId, body.Amount, body.Currency, body.Reason, http.Caller().ClientId), ct))
                .ToHttp(dispute => $"/v1/clearing/disputes/{dispute.DisputeId}"))
        .RequireScope("settlement.dispute")
        .Produces<ShownDispute>(StatusCodes.Status201Created)
        .WithSummary("Dispute a line of a statement")
        .WithDescription("A partner says how much of a line, a charge or an adjustment of its own closed statement it wants more of, or to owe less, and why. There is one dispute for each line: "
            + "the same again answers the same, and after it was withdrawn it may be raised again. What isn't the partner's own looks as if it did not exist.");
}
