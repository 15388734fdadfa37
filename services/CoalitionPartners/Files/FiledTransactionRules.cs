using FluentValidation;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Files;

/// <summary>What a line must hold to be a transaction. What it comes to, and whether card and store are known, is for the ledger to say.</summary>
internal sealed class FiledTransactionRules : AbstractValidator<FiledTransaction>
{
    private const int MostProducts = 500;

    private static readonly FiledTransactionRules Rules = new();

    private FiledTransactionRules()
    {
        When(t => t.Amount is not null && t.Currency is not null, () =>
        {
            RuleFor(t => t.Currency!).MustBeCurrency();
            When(t => t.Type == FiledTransaction.ReturnType, () => RuleFor(t => t.Amount!.Value).MustBeMoney(t => t.Currency))
                .Otherwise(() => RuleFor(t => t.Amount!.Value).MustBeMoney(t => t.Currency, allowZero: true));
            RuleForEach(t => t.Lines).ChildRules(line => line.RuleFor(l => l.Amount).MustBeMoney(_ => null, allowZero: true)).OverridePropertyName("lines");
            RuleForEach(t => t.ReturnedLines).ChildRules(line => line.RuleFor(l => l.Amount).MustBeMoney(_ => null)).OverridePropertyName("returnedLines");
            RuleFor(t => t).Must(HaveTheCurrencysDecimals).OverridePropertyName("lines").WithMessage("An amount has more decimals than its currency.");
        });
        RuleFor(t => t.Points).MustBePointsIfPresent();
        RuleFor(t => t.Lines).Must(lines => lines is not { Count: > MostProducts }).OverridePropertyName("lines")
            .WithMessage($"A receipt has at most {MostProducts} lines. Add up lines of the same product.");
    }

    /// <summary>The first thing that is wrong; null when nothing is.</summary>
    public static LineFault? Fault(FiledTransaction transaction) =>
        Misfit(transaction) is { } misfit ? LineFault.Malformed(misfit) : FaultOfValues(transaction);

    /// <summary>The first value that is wrong, whatever the type; null when none is.</summary>
    public static LineFault? FaultOfValues(FiledTransaction transaction)
    {
        var found = Rules.Validate(transaction);
        if (found.IsValid) return null;
        var first = found.Errors[0];
        return new(first.ErrorCode == Commands.Fault.MalformedCode ? "malformed-request" : "invalid-request", $"{Member(first.PropertyName)}: {first.ErrorMessage}");
    }

    // As the file names it: 'amount' for Amount.Value, 'lines' for lines[3].Amount.
    private static string Member(string path) => path.Length == 0 ? "line" : char.ToLowerInvariant(path[0]) + path.Split('.', '[')[0][1..];

    // A type has all of its members and none of another's.
    private static string? Misfit(FiledTransaction t)
    {
        var (purchase, redemption, back) = (t.Type == FiledTransaction.PurchaseType, t.Type == FiledTransaction.RedemptionType, t.Type == FiledTransaction.ReturnType);
        if (!purchase && !redemption && !back)
            return $"The type is none of {FiledTransaction.PurchaseType}, {FiledTransaction.RedemptionType} and {FiledTransaction.ReturnType}. Send one of them.";
        ReadOnlySpan<(string Name, bool Given, bool Needed, bool Allowed)> members =
        [
            ("card", t.Card is not null, !back, !back), ("store", t.Store is not null, !back, !back),
            ("amount", t.Amount is not null, !redemption, !redemption), ("currency", t.Currency is not null, !redemption, !redemption),
            ("points", t.Points is not null, redemption, redemption), ("purchase", t.Purchase is not null, back, back),
            ("lines", t.Lines is not null, false, purchase), ("tender", t.Tender is not null, false, purchase),
            ("promoCodes", t.PromoCodes is not null, false, purchase), ("terminal", t.Terminal is not null, false, !back),
            ("returnedLines", t.ReturnedLines is not null, false, back),
        ];
        foreach (var (name, given, needed, allowed) in members)
        {
            if (needed && !given) return $"A {t.Type} has a member '{name}'. Add it.";
            if (given && !allowed) return $"A {t.Type} has no member '{name}'. Remove it.";
        }

        return null;
    }

    private static bool HaveTheCurrencysDecimals(FiledTransaction t) =>
        !Currency.TryFrom(t.Currency!, out var currency)
        || (t.Lines ?? []).Select(l => l.Amount).Concat((t.ReturnedLines ?? []).Select(l => l.Amount)).All(a => Fits(a, currency));

    // Trailing zeros are no decimals less: what the ledger refuses at a till is refused here.
    private static bool Fits(ExactNumber number, Currency currency)
    {
        var point = number.Text.IndexOf('.', StringComparison.Ordinal);
        return point < 0 || number.Text.Length - point - 1 <= currency.Decimals;
    }
}
