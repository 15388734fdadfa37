using System.Text.Json.Serialization;
using FluentValidation;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Liability;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Liability;

/// <summary>An operator says what to expect of points; it holds once another one agrees.</summary>
/// <param name="Maker">The operator's client.</param>
internal sealed record ProposeEstimates(string EffectiveFrom, IReadOnlyList<ProposedEstimate> Estimates, string Maker) : ICommand<ShownEstimates>;

/// <param name="Issuer">Whose points; null for those of everybody who is not named.</param>
/// <param name="RedemptionRate">Which part of them will be redeemed in the end, from 0 to 1.</param>
/// <param name="PointValue">What a point is worth to whoever redeems it, in units of the issuer's currency; null for its redeem price.</param>
internal sealed record ProposedEstimate(ExactNumber RedemptionRate, Guid? Issuer = null, ExactNumber? PointValue = null);

/// <summary>A version of the estimates.</summary>
/// <param name="EffectiveFrom">The first month whose books are kept by it.</param>
internal sealed record ShownEstimates(
    int Version, string EffectiveFrom, EstimatesStatus Status, IReadOnlyList<ShownEstimate> Estimates, string ProposedBy, DateTimeOffset ProposedAt,
    string? DecidedBy, DateTimeOffset? DecidedAt)
{
    /// <summary>Whether this request made it.</summary>
    [JsonIgnore]
    public bool IsNew { get; init; }

    public static ShownEstimates Of(EstimateVersion v) => new(
        v.Proposal.Version, v.Proposal.EffectiveFrom.ToString(),
        v.Approval is not null ? EstimatesStatus.Approved : v.Rejection is not null ? EstimatesStatus.Rejected : EstimatesStatus.Proposed,
        [.. v.Proposal.Estimates.Select(e => new ShownEstimate(e.Issuer?.Value, e.RedemptionRate, e.PointValue))], v.Proposal.Maker, v.Proposal.ProposedAt,
        v.Approval?.Checker ?? v.Rejection?.Checker, v.Approval?.ApprovedAt ?? v.Rejection?.RejectedAt);
}

internal sealed record ShownEstimate(Guid? Issuer, decimal RedemptionRate, decimal? PointValue);

internal enum EstimatesStatus
{
    Proposed,
    Approved,
    Rejected,
}

/// <summary>Whether the document can be read; what its numbers may be is the domain's to say.</summary>
internal sealed class ProposeEstimatesRules : AbstractValidator<ProposeEstimates>
{
    private const int Decimals = 12;
    private const long Most = 1_000_000;

    public ProposeEstimatesRules()
    {
        RuleFor(c => c.EffectiveFrom).Must(text => Month.TryParse(text, out _)).WithMessage("Estimates hold from a month such as 2017-06 on.");
        RuleForEach(c => c.Estimates).ChildRules(estimate =>
        {
            estimate.RuleFor(e => e.RedemptionRate).MustBePositive(Decimals, Most, allowZero: true);
            estimate.RuleFor(e => e.PointValue).MustBePositiveIfPresent(Decimals, Most);
        });
    }
}

internal sealed class ProposeEstimatesHandler(Session session, TimeProvider clock) : IRequestHandler<ProposeEstimates, Outcome<ShownEstimates>>
{
    public async Task<Outcome<ShownEstimates>> Handle(ProposeEstimates request, CancellationToken cancellationToken)
    {
        var place = await LiabilityRows.Read(session.DocumentStore.DataSource, cancellationToken);
        var stream = await session.FetchForWriting<LiabilityEstimates>(LiabilityEstimates.Stream, cancellationToken);
        var effectiveFrom = Month.TryParse(request.EffectiveFrom, out var month) ? month : throw new FormatException("The rules let only months through.");
        var estimates = request.Estimates.Select(e => new Estimate(e.Issuer is { } issuer ? new PartnerId(issuer) : null, e.RedemptionRate.Value, e.PointValue?.Value)).ToList();
        var decision = stream.State.Propose(effectiveFrom, estimates, place.ClosedThrough, request.Maker, clock.GetUtcNow());
        return session.Append(stream, decision, after =>
            ShownEstimates.Of(after.Versions[^1]) with { IsNew = decision is Decision<EstimateFact>.Accepted { Events.Count: > 0 } });
    }
}

internal static class ProposingEstimates
{
    private sealed record Body(string EffectiveFrom, IReadOnlyList<ProposedEstimate> Estimates);

    public static void MapProposeEstimates(this IEndpointRouteBuilder app) => app
        .MapPut("/v1/liability/estimates", async (Body body, HttpContext http, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new ProposeEstimates(body.EffectiveFrom, body.Estimates, http.Caller().ClientId), ct)).ToHttp(
                version => version.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK,
                version => version.IsNew ? "/v1/liability/estimates" : null))
        .RequireScope("liability.manage")
        .Produces<ShownEstimates>(StatusCodes.Status201Created)
        .Produces<ShownEstimates>()
        .WithSummary("Propose estimates of breakage")
        .WithDescription("Says from a month on which part of each issuer's points will be redeemed in the end, and what a point is worth to its holder. An estimate without issuer is for "
            + "everybody who is not named; where no version says anything, the issuer's history does. Another operator approves or rejects it. It can't reach into closed months "
            + "(estimates-backdated). What was proposed last changes nothing when it is sent again, and answers 200.");
}
