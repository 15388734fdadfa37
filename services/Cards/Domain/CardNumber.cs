using System.Diagnostics.CodeAnalysis;

namespace Loyalty.Cards.Domain;

/// <summary>A number of ISO/IEC 7812: the issuer's prefix, the body and a check digit by Luhn's formula (its annex B).</summary>
internal readonly record struct CardNumber
{
    public const int MinLength = 12;
    public const int MaxLength = 19;

    private CardNumber(string digits) => Digits = digits;

    public string Digits { get; }

    /// <summary>The number made of a prefix and a body; adds the check digit.</summary>
    public static CardNumber From(string prefixAndBody) => new(prefixAndBody + CheckDigit(prefixAndBody));

    /// <summary>Whether the last of these digits is the check digit of the others.</summary>
    public static bool Checks(ReadOnlySpan<char> digits) => CheckDigit(digits[..^1]) == digits[^1];

    /// <summary>Whether the text could be a number at all: enough digits and nothing else.</summary>
    public static bool HasForm([NotNullWhen(true)] string? text) =>
        text is { Length: >= MinLength and <= MaxLength } && text.All(char.IsAsciiDigit);

    private static char CheckDigit(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            // Every other digit counts twice, beginning beside the check digit; 7 twice is 14, which counts 1 + 4.
            sum += i % 2 != 0 ? digit : digit < 5 ? digit * 2 : digit * 2 - 9;
        }

        return (char)('0' + (10 - sum % 10) % 10);
    }

    public override string ToString() => Digits;
}
