using FluentValidation;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.PointsLedger.Features;

/// <summary>An operator proposes to correct an account; nothing happens to it until another one approves.</summary>
/// <param name="Maker">The operator's client.</param>
internal sealed record ProposeAdjustment(Guid Scope, string Key, string Maker, Guid Account, Guid Issuer, long Points, string Reason, string? Note)
    : ICommand<AdjustmentLine>, IExactlyOnce;

internal sealed class ProposeAdjustmentRules : AbstractValidator<ProposeAdjustment>
{
    private const int LongestNote = 500;

    public ProposeAdjustmentRules()
    {
        RuleFor(c => c.Points).Must(points => points != 0 && Math.Abs((decimal)points) <= Domain.Account.MostPerPosting.Value)
            .WithMessage("Give the points to grant, or below zero to take away; 0 would change nothing.");
        RuleFor(c => c.Reason).Must(reason => AdjustmentReasons.All.Contains(reason, StringComparer.Ordinal))
            .WithMessage($"A reason is one of {string.Join(", ", AdjustmentReasons.All)}.");
        RuleFor(c => c.Note).Must(note => note is null or { Length: >= 1 and <= LongestNote })
            .WithMessage($"A note has 1 to {LongestNote} characters, and no personal data; leave it out when there is nothing to say.");
    }
}

internal sealed class ProposeAdjustmentHandler(Session session, TillBook tills, DocumentStore store, AdjustmentLimits limits, TimeProvider clock)
    : IRequestHandler<ProposeAdjustment, Outcome<AdjustmentLine>>
{
    public async Task<Outcome<AdjustmentLine>> Handle(ProposeAdjustment request, CancellationToken cancellationToken)
    {
        var (now, id) = (clock.GetUtcNow(), NamedGuid.From(request.Scope, "adjustment/" + request.Key));
        if (await tills.TermsOf(new(request.Issuer), now, cancellationToken) is null) return ForNow(AdjustmentRefusals.NoAgreement);

        var account = await session.FetchForWriting<Account>(request.Account, cancellationToken);
        var stream = await session.FetchForWriting<Adjustment>(Adjustment.StreamOf(id), cancellationToken);
        var counter = CounterKey.OfProposals(request.Maker, now);
        var today = (await Counters.Read(store, [counter], cancellationToken)).GetValueOrDefault(counter, Tally.Nothing);

        var points = new Points(request.Points);
        var decision = stream.State.Propose(
            new(id, new(request.Account), new(request.Issuer), points, request.Reason, request.Note, request.Maker, now), account.State, limits, new(today.Points));
        if (decision is Decision<IAdjustmentFact>.Refused { Refusal: var refusal } && refusal == AdjustmentRefusals.UnknownAccount) return ForNow(refusal);
        if (decision is Decision<IAdjustmentFact>.Accepted)
            session.Enlist(Counters.Add([new(counter, 1, points.Size().Value, MostCount: null, (limits.MostPerDay - points.Size()).Value)]));
        return session.Append(stream, decision, AdjustmentLine.Of);
    }

    // What is missing may still be on its way from another service.
    private static Outcome<AdjustmentLine> ForNow(Refusal refusal) => new Outcome<AdjustmentLine>.Refused(refusal, Remember: false);
}

internal static class ProposeAdjustmentEndpoint
{
    private sealed record AdjustmentRequest(Guid Account, Guid Issuer, long Points, string Reason, TransactionId? TransactionId = null, string? Note = null);

    public static void MapProposeAdjustment(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/adjustments", async (AdjustmentRequest body, HttpContext http, IMediator mediator, CancellationToken ct) =>
        {
            var caller = http.Caller();
            var command = new ProposeAdjustment(
                caller.KeySpace, http.RequestId(body.TransactionId).Value, caller.ClientId, body.Account, body.Issuer, body.Points, body.Reason, body.Note);
            return (await mediator.Send(command, ct)).ToHttp(line => AdjustmentLine.Address(line.AdjustmentId));
        })
        .RequireScope("ledger.adjust")
        .WithIdempotencyKey(required: false)
        .WithSummary("Propose an adjustment")
        .WithDescription(
            "Proposes to grant an account points of an issuer, or below zero to take them from it, for one of the reasons goodwill, missing-purchase, "
            + "duplicate-purchase, fraud, correction and migration. Another operator approves or rejects it. The note is for the other operator and is kept for "
            + "ever: write no personal data into it. Repeat it with the same transactionId until you have an answer: it is proposed once.")
        .Produces<AdjustmentLine>(StatusCodes.Status201Created);
}
