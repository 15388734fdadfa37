using FluentValidation;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Partners;

/// <summary>What is agreed beyond prices, as it is asked for; what is left out is as usual. Fees are in units of the partner's currency.</summary>
internal sealed record AgreedConditions(
    AgreedFunding? Funding = null, IReadOnlyList<AgreedGroup>? StorePrices = null,
    ExactNumber? FeePerTransaction = null, ExactNumber? FeePerCycle = null, ExactNumber? MinimumPerCycle = null,
    BreakageKeeper Breakage = BreakageKeeper.Coalition, AgreedVat? Vat = null)
{
    /// <summary>The same in a currency; or why it can't be.</summary>
    public (Commercial Commercial, Refusal? Refusal) In(Currency currency)
    {
        var tooFine = new[] { FeePerTransaction, FeePerCycle, MinimumPerCycle }.Any(fee => fee is { } f && Money.Rounded(f.Value, currency).Amount != f.Value);
        return (
            new(Funding?.Funding() ?? Domain.Funding.AtIssue, [.. (StorePrices ?? []).Select(g => g.Price())],
                Fee(FeePerTransaction), Fee(FeePerCycle), Fee(MinimumPerCycle), Breakage, Vat is { } vat ? new(vat.Rate.Value, vat.Label) : null),
            tooFine ? new("fee-not-allowed", $"A fee or minimum in {currency} has at most {currency.Decimals} decimals.") : null);

        Money? Fee(ExactNumber? fee) => fee is { } units ? Money.Rounded(units.Value, currency) : null;
    }
}

internal sealed record AgreedFunding(FundingKind Kind, AgreedBlock? Block = null, ExactNumber? ShareAtIssue = null)
{
    public Funding Funding() => new(Kind, Block?.Terms(), ShareAtIssue?.Value);
}

internal sealed record AgreedBlock(ExactNumber Points, ExactNumber AlertBelow, bool Replenish, WhenEmpty WhenEmpty, ExactNumber? Price = null)
{
    public BlockTerms Terms() => new(new((long)Points.Value), Price?.Value, new((long)AlertBelow.Value), Replenish, WhenEmpty);
}

internal sealed record AgreedGroup(string Group, IReadOnlyList<string> Stores, ExactNumber? IssuePrice = null, ExactNumber? RedeemPrice = null)
{
    public GroupPrice Price() => new(Group, Stores, IssuePrice?.Value, RedeemPrice?.Value);
}

internal sealed record AgreedVat(ExactNumber Rate, string Label);

/// <summary>Whether it can be read exactly; what may be agreed is the domain's to say.</summary>
internal sealed class AgreedConditionsRules : AbstractValidator<AgreedConditions>
{
    private const int Decimals = 12;
    private const int MostStores = 10_000;
    private const long Most = 1_000_000_000;

    public AgreedConditionsRules()
    {
        RuleFor(c => c.FeePerTransaction).MustBePositiveIfPresent(Decimals, Most);
        RuleFor(c => c.FeePerCycle).MustBePositiveIfPresent(Decimals, Most);
        RuleFor(c => c.MinimumPerCycle).MustBePositiveIfPresent(Decimals, Most);
        RuleFor(c => c.Vat!).ChildRules(vat =>
        {
            vat.RuleFor(v => v.Rate).MustBePositive(Decimals, Most, allowZero: true);
            vat.RuleFor(v => v.Label).MustBeName();
        }).When(c => c.Vat is not null);
        RuleFor(c => c.Funding!).ChildRules(funding =>
        {
            funding.RuleFor(f => f.ShareAtIssue).MustBePositiveIfPresent(Decimals, Most);
            funding.RuleFor(f => f.Block!).ChildRules(block =>
            {
                block.RuleFor(b => b.Points).MustBePoints();
                block.RuleFor(b => b.AlertBelow).MustBePositive(0, NumberRules.MaxPoints, allowZero: true);
                block.RuleFor(b => b.Price).MustBePositiveIfPresent(Decimals, Most);
            }).When(f => f.Block is not null);
        }).When(c => c.Funding is not null);
        RuleFor(c => c.StorePrices!).Must(groups => groups.Sum(g => g.Stores.Count) <= MostStores)
            .WithMessage($"At most {MostStores:N0} stores can stand in groups.").When(c => c.StorePrices is not null);
        RuleForEach(c => c.StorePrices).ChildRules(group =>
        {
            group.RuleFor(g => g.Group).MustBeName();
            group.RuleForEach(g => g.Stores).MustBeStoreCode();
            group.RuleFor(g => g.IssuePrice).MustBePositiveIfPresent(Decimals, Most);
            group.RuleFor(g => g.RedeemPrice).MustBePositiveIfPresent(Decimals, Most);
        });
    }
}
