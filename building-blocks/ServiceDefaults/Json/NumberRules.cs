using FluentValidation;
using Loyalty.Kernel;

namespace Loyalty.ServiceDefaults;

/// <summary>Rules for amounts of money and of points, the same at every endpoint.</summary>
public static class NumberRules
{
    /// <summary>No single posting is larger; sums of postings stay far from the end of a 64-bit number.</summary>
    public const long MaxPoints = 1_000_000_000_000;

    /// <summary>No single amount of money is larger, in units of its currency.</summary>
    public const long MaxAmount = 1_000_000_000_000;

    /// <summary>The number is a positive whole number of points.</summary>
    public static IRuleBuilderOptionsConditions<T, ExactNumber> MustBePoints<T>(this IRuleBuilder<T, ExactNumber> rule) =>
        rule.Custom((number, context) => CheckPoints(number, context));

    /// <summary>The number is a positive whole number of points, or absent.</summary>
    public static IRuleBuilderOptionsConditions<T, ExactNumber?> MustBePointsIfPresent<T>(this IRuleBuilder<T, ExactNumber?> rule) => rule.Custom((number, context) =>
    {
        if (number is { } present)
            CheckPoints(present, context);
    });

    /// <summary>The number is a positive amount of the currency that the same input names.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="currency">The currency's code in the input.</param>
    /// <param name="allowZero">Whether nothing may be paid: a purchase may sum to 0.00 where vouchers paid for it.</param>
    public static IRuleBuilderOptionsConditions<T, ExactNumber> MustBeMoney<T>(
        this IRuleBuilder<T, ExactNumber> rule, Func<T, string?> currency, bool allowZero = false) => rule.Custom((number, context) =>
    {
        if (Fault(number, "an amount", MaxAmount, allowZero) is { } fault)
            context.AddFailure(fault);
        else if (Currency.TryFrom(currency(context.InstanceToValidate), out var known) && number.Decimals > known.Decimals)
            context.AddFailure($"An amount in {known} has at most {known.Decimals} decimals.");
    });

    /// <summary>The number is positive and has at most so many decimals; for prices and rates.</summary>
    public static IRuleBuilderOptionsConditions<T, ExactNumber> MustBePositive<T>(
        this IRuleBuilder<T, ExactNumber> rule, int decimals, long most, bool allowZero = false) => rule.Custom((number, context) =>
    {
        if (Fault(number, "this number", most, allowZero) is { } fault)
            context.AddFailure(fault);
        else if (number.Decimals > decimals)
            context.AddFailure($"This number has at most {decimals} decimals.");
    });

    /// <summary>The number is 0 or positive and has at most so many decimals, or is absent; for prices and fees.</summary>
    public static IRuleBuilderOptionsConditions<T, ExactNumber?> MustBePositiveIfPresent<T>(
        this IRuleBuilder<T, ExactNumber?> rule, int decimals, long most) => rule.Custom((number, context) =>
    {
        if (number is not { } present)
            return;
        if (Fault(present, "this number", most, allowZero: true) is { } fault)
            context.AddFailure(fault);
        else if (present.Decimals > decimals)
            context.AddFailure($"This number has at most {decimals} decimals.");
    });

    /// <summary>The text is a currency code of ISO 4217, in capitals.</summary>
    public static IRuleBuilderOptions<T, string> MustBeCurrency<T>(this IRuleBuilder<T, string> rule) => rule
        .Must(code => Currency.TryFrom(code, out _))
        .WithMessage("Give a currency as its ISO 4217 code in capitals, such as EUR.");

    /// <summary>Marks a rule as one about form: breaking it is a 400 rather than a 422.</summary>
    public static IRuleBuilderOptions<T, TProperty> AsMalformed<T, TProperty>(this IRuleBuilderOptions<T, TProperty> rule) =>
        rule.WithErrorCode(Commands.Fault.MalformedCode);

    private static void Malformed<T>(this ValidationContext<T> context, string sentence) =>
        context.AddFailure(new FluentValidation.Results.ValidationFailure(context.PropertyPath, sentence) { ErrorCode = Commands.Fault.MalformedCode });

    private static void CheckPoints<T>(ExactNumber number, ValidationContext<T> context)
    {
        if (Fault(number, "points", MaxPoints) is { } fault)
            context.AddFailure(fault);
        else if (number.Decimals > 0 && number.Value == decimal.Truncate(number.Value))
            context.Malformed("Write points as a whole number, without a decimal point.");
        else if (number.Decimals > 0)
            context.AddFailure("Points are whole; send a whole number.");
    }

    private static string? Fault(ExactNumber number, string what, long most, bool allowZero = false)
    {
        if (number.HasTooManyDigits)
            return $"At most {ExactNumber.MaxDigits} digits can be read exactly; send fewer.";
        if (number.HasExponent)
            return "Write the number without an exponent.";
        if (number.IsNegative)
            return $"The number is negative, but {what} is not; leave the sign out.";
        if (number.Value == 0 && !allowZero)
            return "The number must be greater than 0.";
        return number.Value > most ? $"The number is larger than {most}, the most that is accepted at once." : null;
    }
}
