using FluentValidation;
using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.CoalitionPartners.Reconciling;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Commands;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Reconciling;

/// <summary>An operator asks what a draft of the rule would make of a reconciliation. Nothing is written.</summary>
internal sealed record TryMatchingRule(Guid Reconciliation, MatchingRule Rule) : ICommand<DryRunShown>;

/// <summary>What a draft of the rule would make of a reconciliation, beside what it is.</summary>
/// <param name="ToleratedNow">Items that the rule in use has accepted by itself.</param>
/// <param name="Kinds">The items by kind and currency.</param>
/// <param name="Changes">What would change, the first thousand.</param>
/// <param name="AllChanges">How many lines and transactions would change.</param>
internal sealed record DryRunShown(int ToleratedNow, int ToleratedThen, IReadOnlyList<KindShown> Kinds, IReadOnlyList<ChangeShown> Changes, int AllChanges);

internal sealed record KindShown(DifferenceKind Kind, string? Currency, SumShown Now, SumShown Then);

/// <param name="Where">The line of the partner's book, or the ledger's event where no line tells of it.</param>
/// <param name="Now">Null where both sides agree.</param>
/// <param name="Then">Null where both sides would agree, or would have nothing of their own here.</param>
internal sealed record ChangeShown(
    string Where, string? TransactionId, DifferenceKind? Now, DifferenceKind? Then, Money? DifferenceNow, Money? DifferenceThen, long PointsNow, long PointsThen,
    bool ToleratedNow, bool ToleratedThen)
{
    public static ChangeShown Of(Change c) => new(
        c.Now.Key, c.Now.TransactionId, c.Now.Kind, c.Then.Kind, Amount(c.Now), Amount(c.Then), c.Now.Points, c.Then.Points, c.Now.Tolerated, c.Then.Tolerated);

    private static Money? Amount(Judged judged) => judged.Currency is { } currency ? new(judged.Amount, Currency.From(currency)) : null;
}

internal sealed class TryMatchingRuleRules : AbstractValidator<TryMatchingRule>
{
    public TryMatchingRuleRules() => RuleFor(c => c.Rule).SetValidator(new MatchingRuleRules()).OverridePropertyName("rule");
}

internal sealed class TryMatchingRuleHandler(ReconciliationView view, DryRun dryRun) : IRequestHandler<TryMatchingRule, Outcome<DryRunShown>>
{
    public async Task<Outcome<DryRunShown>> Handle(TryMatchingRule request, CancellationToken cancellationToken)
    {
        if (await view.Find(null, request.Reconciliation, cancellationToken) is not { } r)
            return new Refusal("not-found", "There is no such reconciliation. Check its id.");
        if (r.CompletedAt is null)
            return new Refusal("reconciliation-not-complete", "The reconciliation is not complete yet. Try again in a moment.");
        var found = await dryRun.Run(
            new OpenReconciliation(r.ReconciliationId, new(r.PartnerId), r.From, r.Until, r.Rule, IsMatched: true, r.Items, 0, Guid.Empty), request.Rule, cancellationToken);
        return new DryRunShown(
            found.ToleratedNow, found.ToleratedThen,
            [
                .. found.Sums.OrderBy(s => s.Key.Kind).ThenBy(s => s.Key.Currency, StringComparer.Ordinal)
                    .Select(s => new KindShown(s.Key.Kind, s.Key.Currency, SumShown.Of(s.Value.Now, s.Key.Currency), SumShown.Of(s.Value.Then, s.Key.Currency))),
            ],
            [.. found.Changes.Select(ChangeShown.Of)], found.AllChanges);
    }
}

internal static class TryingMatchingRules
{
    public static void MapTryMatchingRule(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/reconciliations/{id:guid}/dry-run", async (Guid id, MatchingRule body, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new TryMatchingRule(id, body), ct)).ToHttp())
        .RequireScope("reconciliation.decide")
        .Produces<DryRunShown>()
        .WithSummary("Try a draft of the matching rule")
        .WithDescription("What the reconciliation's book would come to by this rule, with what the ledger has told by now: counts and sums by kind of difference, and which lines and transactions "
            + "would change. Nothing is written.");
}
