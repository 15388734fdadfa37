using FluentValidation;
using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Commands;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Reconciling;

/// <summary>An operator proposes what is done about a difference; nothing happens before another one approves.</summary>
/// <param name="Maker">The operator's client.</param>
internal sealed record ProposeDecision(Guid Reconciliation, int Item, ItemDecision Decision, string Reason, string Maker) : ICommand<ItemShown>;

internal sealed class ProposeDecisionRules : AbstractValidator<ProposeDecision>
{
    private const int LongestReason = 500;

    public ProposeDecisionRules() => RuleFor(c => c.Reason)
        .Must(reason => reason.Trim().Length > 0 && reason.Length <= LongestReason && !reason.Any(char.IsControl))
        .WithMessage($"Say why, in 1 to {LongestReason} characters without control characters.");
}

internal sealed class ProposeDecisionHandler(ItemDesk desk, TimeProvider clock) : IRequestHandler<ProposeDecision, Outcome<ItemShown>>
{
    public Task<Outcome<ItemShown>> Handle(ProposeDecision request, CancellationToken cancellationToken) => desk.Decide(
        request.Reconciliation, request.Item,
        (item, found) => item.Propose(found, request.Decision, request.Reason, request.Maker, clock.GetUtcNow()), cancellationToken);
}

internal static class ProposingDecisions
{
    private sealed record Body(ItemDecision Decision, string Reason);

    public static void MapProposeDecision(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/reconciliations/{id:guid}/items/{item:int}/decision", async (Guid id, int item, Body body, HttpContext http, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new ProposeDecision(id, item, body.Decision, body.Reason, http.Caller().ClientId), ct)).ToHttp())
        .RequireScope("reconciliation.decide")
        .Produces<ItemShown>()
        .WithSummary("Propose a decision on an item")
        .WithDescription("accept: the difference stays. correct: our book is corrected by a transaction that is sent to the ledger; 422 correction-not-possible where none can. "
            + "reject: our book is right. dispute: both sides maintain their figures. Another operator approves or rejects it. The same proposal again changes nothing; "
            + "another one is refused as decision-proposed while it waits.");
}
