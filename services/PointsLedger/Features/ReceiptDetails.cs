using System.Text.Json.Serialization;
using FluentValidation;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

/// <summary>What a till tells of a purchase beyond its sum, as it was sent: a part of the request, so its names are storage format.</summary>
internal sealed record ReceiptDetails(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<PurchaseLine>? Lines,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tender,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Terminal,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? PromoCodes)
{
    /// <summary>Null where nothing was sent.</summary>
    public static ReceiptDetails? Of(IReadOnlyList<PurchaseLine>? lines, string? tender, string? terminal, IReadOnlyList<string>? promoCodes) =>
        lines is null && tender is null && terminal is null && promoCodes is null ? null : new(lines, tender, terminal, promoCodes);

    public Receipt In(Currency currency) => new(
        [.. (Lines ?? []).Select(l => new ReceiptLine(l.Product, l.Category, l.Amount.ToMoney(currency)))], Tender, Terminal, [.. PromoCodes ?? []]);
}

/// <param name="Product">The product's code, as offers name it.</param>
/// <param name="Category">The product's category, as offers name it.</param>
/// <param name="Amount">What the line came to, after its discounts; never below zero.</param>
internal sealed record PurchaseLine(
    ExactNumber Amount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Product = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Category = null);

/// <summary>Whether the details fit together with the sum.</summary>
internal sealed class ReceiptRules : AbstractValidator<ReceiptDetails>
{
    private const int MostLines = 500;
    private const int MostCodes = 10;
    private const int Longest = 64;

    public ReceiptRules(ExactNumber amount, string currency)
    {
        RuleFor(r => r.Lines).Must(lines => lines is not { Count: > MostLines }).OverridePropertyName("lines")
            .WithMessage($"A receipt has at most {MostLines} lines. Add up lines of the same product.");
        RuleFor(r => r.Lines).Must(lines => lines!.All(l => IsName(l.Product) && IsName(l.Category))).When(r => r.Lines is not null)
            .OverridePropertyName("lines").WithMessage($"Products and categories have 1 to {Longest} characters; leave out what is not known.");
        RuleForEach(r => r.Lines).ChildRules(line => line.RuleFor(l => l.Amount).MustBeMoney(_ => currency, allowZero: true)).OverridePropertyName("lines");
        RuleFor(r => r.Lines).Must(lines => AddsUp(lines!, amount, currency)).When(r => r.Lines is { Count: > 0 and <= MostLines })
            .OverridePropertyName("lines").WithMessage("The amounts of the lines don't add up to the amount. Spread discounts over the lines they belong to.");
        RuleFor(r => r.Tender).Must(IsName).OverridePropertyName("tender").WithMessage($"The tender has 1 to {Longest} characters, for example cash or card.");
        RuleFor(r => r.Terminal).MustBeTerminal().OverridePropertyName("terminal");
        RuleFor(r => r.PromoCodes).Must(codes => codes is null || (codes.Count <= MostCodes && codes.All(c => c is not null && IsName(c)))).OverridePropertyName("promoCodes")
            .WithMessage($"At most {MostCodes} promo codes of 1 to {Longest} characters each.");
    }

    public static bool IsName(string? text) => text is null || (text.Length is >= 1 and <= Longest && !text.Any(char.IsControl));

    // What is no amount of money is told by another rule; then there is no sum to compare.
    private static bool AddsUp(IReadOnlyList<PurchaseLine> lines, ExactNumber amount, string code)
    {
        try
        {
            return !Currency.TryFrom(code, out var currency) || lines.Sum(l => l.Amount.ToMoney(currency).Amount) == amount.ToMoney(currency).Amount;
        }
        catch (Exception e) when (e is OverflowException or ArgumentException or FormatException or InvalidOperationException)
        {
            return true;
        }
    }
}
