using FluentValidation;
using Loyalty.CoalitionPartners.Domain;

namespace Loyalty.CoalitionPartners.Features;

/// <summary>What codes and names may look like, the same at every endpoint.</summary>
internal static class Wording
{
    /// <summary>No dot: a client's id is the partner's code, a dot and the client's name.</summary>
    public static IRuleBuilderOptions<T, string> MustBePartnerCode<T>(this IRuleBuilder<T, string> rule) => rule
        .Matches(@"\A[A-Z0-9][A-Z0-9_-]{0,39}\z")
        .WithMessage("A partner's code is 1 to 40 characters of A-Z 0-9 _ and -, and starts with a letter or a digit.");

    public static IRuleBuilderOptions<T, string> MustBeStoreCode<T>(this IRuleBuilder<T, string> rule) => rule
        .Matches(@"\A[A-Za-z0-9._:-]{1,64}\z")
        .WithMessage("A store's code is 1 to 64 characters of A-Z a-z 0-9 . _ : and -.");

    public static IRuleBuilderOptions<T, string> MustBeTerminalCode<T>(this IRuleBuilder<T, string> rule) => rule
        .Matches(@"\A[A-Za-z0-9._:-]{1,64}\z")
        .WithMessage("A terminal's code is 1 to 64 characters of A-Z a-z 0-9 . _ : and -.");

    public static IRuleBuilderOptions<T, string> MustBeClientName<T>(this IRuleBuilder<T, string> rule) => rule
        .Matches(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")
        .WithMessage("A client's name is 1 to 64 characters of A-Z a-z 0-9 . _ and -, and starts with a letter or a digit.");

    public static IRuleBuilderOptions<T, string> MustBeName<T>(this IRuleBuilder<T, string> rule) => rule
        .Must(name => name.Length is >= 1 and <= 200 && name.Trim().Length == name.Length && !name.Any(char.IsControl))
        .WithMessage("A name has 1 to 200 characters, without spaces at its ends and without control characters.");

    public static IRuleBuilderOptions<T, string?> MustBeTimeZoneIfPresent<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(zone => zone is null || TimeZones.IsKnown(zone))
        .WithMessage(TimeZones.Sentence);

    /// <summary>What people write to each other, and why they do something.</summary>
    public static IRuleBuilderOptions<T, string> MustBeSentence<T>(this IRuleBuilder<T, string> rule) => rule
        .Must(text => text.Length is >= 1 and <= 1000 && text.Trim().Length == text.Length && !text.Any(char.IsControl))
        .WithMessage("Write 1 to 1,000 characters, without spaces at the ends and without control characters.");
}
