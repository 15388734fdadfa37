using System.Text.Json.Serialization;
using FluentValidation;
using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Reconciling;

/// <param name="Maker">The operator's client.</param>
internal sealed record PublishMatchingRule(MatchingRule Rule, string Maker) : ICommand<ShownMatchingRule>;

/// <summary>A version of the matching rule; 0 is what holds before any was published.</summary>
internal sealed record ShownMatchingRule(int Version, int TimeSeconds, long AmountMinor, long Points, bool ByCard, DateTimeOffset? PublishedAt)
{
    /// <summary>Whether this request made it.</summary>
    [JsonIgnore]
    public bool IsNew { get; init; }

    public static ShownMatchingRule Of(MatchingRulePublished p) => new(p.Version, p.Rule.TimeSeconds, p.Rule.AmountMinor, p.Rule.Points, p.Rule.ByCard, p.PublishedAt);

    /// <summary>The usual rule.</summary>
    public static ShownMatchingRule Usual { get; } = Of(new(0, MatchingRule.Usual, "", default)) with { PublishedAt = null };
}

internal sealed class MatchingRuleRules : AbstractValidator<MatchingRule>
{
    private const int MostSeconds = 86_400;
    private const long MostDifference = 1_000_000;

    public MatchingRuleRules()
    {
        RuleFor(r => r.TimeSeconds).InclusiveBetween(0, MostSeconds).WithMessage($"Send 0 to {MostSeconds} seconds.");
        RuleFor(r => r.AmountMinor).InclusiveBetween(0, MostDifference).WithMessage($"Send 0 to {MostDifference} minor units.");
        RuleFor(r => r.Points).InclusiveBetween(0, MostDifference).WithMessage($"Send 0 to {MostDifference} points.");
    }
}

internal sealed class PublishMatchingRuleRules : AbstractValidator<PublishMatchingRule>
{
    public PublishMatchingRuleRules() => RuleFor(c => c.Rule).SetValidator(new MatchingRuleRules()).OverridePropertyName("rule");
}

internal sealed class PublishMatchingRuleHandler(Session session, TimeProvider clock) : IRequestHandler<PublishMatchingRule, Outcome<ShownMatchingRule>>
{
    public async Task<Outcome<ShownMatchingRule>> Handle(PublishMatchingRule request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<MatchingRules>(MatchingRules.Stream, cancellationToken);
        var decision = stream.State.Publish(request.Rule, request.Maker, clock.GetUtcNow());
        return session.Append(stream, decision, after =>
            ShownMatchingRule.Of(after.Versions[^1]) with { IsNew = decision is Decision<MatchingRulePublished>.Accepted { Events.Count: > 0 } });
    }
}

internal static class PublishingMatchingRules
{
    private const string Address = "/v1/reconciliation-rule";

    public static void MapPublishMatchingRule(this IEndpointRouteBuilder app)
    {
        app.MapPut(Address, async (MatchingRule body, HttpContext http, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new PublishMatchingRule(body, http.Caller().ClientId), ct)).ToHttp(
                    rule => rule.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK, rule => rule.IsNew ? Address : null))
            .RequireScope("reconciliation.decide")
            .Produces<ShownMatchingRule>(StatusCodes.Status201Created)
            .Produces<ShownMatchingRule>()
            .WithSummary("Publish the matching rule")
            .WithDescription("Says when a line of a partner's book and a transaction of ours are taken for one beyond their ids (byCard: same card and kind, within timeSeconds, amountMinor and points), "
                + "and up to which difference (amountMinor, points) a pair is accepted by itself. Reconciliations that are there keep their version. The rule that holds changes nothing when it is "
                + "sent again (200).");

        app.MapGet(Address, async (DocumentStore store, CancellationToken ct) => TypedResults.Ok(
                (await store.Load<MatchingRules>(MatchingRules.Stream, ct))?.State.Versions.Select(ShownMatchingRule.Of).Prepend(ShownMatchingRule.Usual) ?? [ShownMatchingRule.Usual]))
            .RequireScope("reconciliation.manage", "reconciliation.decide")
            .WithSummary("Show the matching rule")
            .WithDescription("All its versions; the last one holds. Version 0 holds as long as none was published.");
    }
}
