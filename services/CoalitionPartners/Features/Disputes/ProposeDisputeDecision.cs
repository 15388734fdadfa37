using FluentValidation;
using Loyalty.CoalitionPartners.Domain.Disputes;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Disputes;

/// <summary>How a dispute is to end.</summary>
internal enum DisputeOutcome
{
    Upheld,
    Rejected,
}

/// <summary>An operator proposes how to decide a dispute; nothing is posted before another one approves.</summary>
/// <param name="Amount">What the partner shall get where it is upheld, in units of the dispute's currency.</param>
internal sealed record ProposeDisputeDecision(Guid DisputeId, DisputeOutcome Outcome, ExactNumber? Amount, string Reason, string Maker) : ICommand<ShownDispute>;

internal sealed class ProposeDisputeDecisionRules : AbstractValidator<ProposeDisputeDecision>
{
    private const int Decimals = 3;

    public ProposeDisputeDecisionRules()
    {
        RuleFor(c => c.Reason).MustBeSentence();
        RuleFor(c => c.Amount).Must((c, amount) => amount is null == c.Outcome is DisputeOutcome.Rejected)
            .WithMessage("Say how much the partner gets when the dispute is upheld, and nothing when it is rejected.");
        RuleFor(c => c.Amount).MustBePositiveIfPresent(Decimals, NumberRules.MaxAmount);
    }
}

internal sealed class ProposeDisputeDecisionHandler(Session session, TimeProvider clock) : IRequestHandler<ProposeDisputeDecision, Outcome<ShownDispute>>
{
    public async Task<Outcome<ShownDispute>> Handle(ProposeDisputeDecision request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Dispute>(Dispute.StreamOf(request.DisputeId), cancellationToken);
        if (stream.State.Opening is not { Currency: var currency })
            return DisputeRefusals.Unknown;
        Money? amount = request.Amount is { } units ? Money.Rounded(units.Value, currency) : null;
        if (amount is { } rounded && rounded.Amount != request.Amount!.Value.Value)
            return DisputeRefusals.TooFine(currency);
        return session.Append(
            stream, stream.State.Propose(amount?.Minor, request.Reason, request.Maker, clock.GetUtcNow()), after => ShownDispute.Of(after, isOperator: true));
    }
}

internal static class ProposingDisputeDecisions
{
    private sealed record Body(DisputeOutcome Outcome, string Reason, ExactNumber? Amount = null);

    public static void MapProposeDisputeDecision(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/clearing/disputes/{disputeId:guid}/decision", async (Guid disputeId, Body body, HttpContext http, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new ProposeDisputeDecision(disputeId, body.Outcome, body.Amount, body.Reason, http.Caller().ClientId), ct)).ToHttp())
        .RequireScope("clearing.manage")
        .Produces<ShownDispute>()
        .WithSummary("Propose how to decide a dispute")
        .WithDescription("upheld with the amount that the partner shall get, no more than is in question; or rejected. Another operator approves or declines it. It takes an answer to the partner "
            + "before (dispute-not-answered). Proposing the same again changes nothing.");
}
