using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Lanes;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.PointsLedger.Features;

/// <summary>A second operator agrees with an adjustment, and with that the account is corrected.</summary>
internal sealed record ApproveAdjustment(Guid Adjustment, string Checker) : ICommand<AdjustmentLine>;

internal sealed class ApproveAdjustmentHandler(Session session, TillBook tills, RuleBook rules, TimeProvider clock)
    : IRequestHandler<ApproveAdjustment, Outcome<AdjustmentLine>>
{
    public async Task<Outcome<AdjustmentLine>> Handle(ApproveAdjustment request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var stream = await session.FetchForWriting<Adjustment>(Adjustment.StreamOf(request.Adjustment), cancellationToken);
        var decision = stream.State.Approve(request.Checker, now);
        if (decision is not Decision<IAdjustmentFact>.Accepted { Events.Count: > 0 }) return session.Append(stream, decision, AdjustmentLine.Of);

        var proposal = stream.State.Proposal!;
        if (await tills.TermsOf(proposal.Issuer, now, cancellationToken) is not { } terms) return AdjustmentRefusals.NoAgreement;
        var programme = await rules.Programme();
        var account = await session.FetchForWriting<Account>(proposal.Account.Value, cancellationToken);
        // What time alone has done comes first, as with every posting: what lapsed by now can't be taken away.
        account = session.Append(account, account.State.Lapse(now, programme), LaneBatch.Ledger);
        switch (account.State.Adjust(proposal, request.Checker, terms.AgreementVersion, now, programme))
        {
            case Decision<IAccountFact>.Accepted { Events: var facts }:
                session.Append(account, facts);
                return session.Append(stream, decision, AdjustmentLine.Of);
            case Decision<IAccountFact>.Refused { Refusal: var refusal }:
                return refusal;
            default:
                throw new InvalidOperationException("A decision is accepted or refused.");
        }
    }
}

internal static class ApproveAdjustmentEndpoint
{
    public static void MapApproveAdjustment(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/adjustments/{id:guid}/approval", async (Guid id, HttpContext http, IMediator mediator, PostingLanes lanes, CancellationToken ct) =>
        {
            var outcome = await mediator.Send(new ApproveAdjustment(id, http.Caller().ClientId), ct);
            // The account's lane has not seen it.
            if (outcome is Outcome<AdjustmentLine>.Accepted { Answer: var line }) lanes.Forget([AccountId.From(line.Account)]);
            return outcome.ToHttp();
        })
        .RequireScope("ledger.approve")
        .WithSummary("Approve an adjustment")
        .WithDescription(
            "Corrects the account at once. Only another operator than the one who proposed it may do so. Points are granted in a lot of their own, with the programme's "
            + "expiry; they are taken from the issuer's points, the earliest expiry first, and what is missing the member owes. Approving again changes nothing.")
        .Produces<AdjustmentLine>();
}
