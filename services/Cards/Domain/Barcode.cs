namespace Loyalty.Cards.Domain;

/// <summary>
/// An EAN-13 barcode. GS1 keeps the prefixes 20 to 29 free for restricted circulation, so that no article anywhere has the code of a card.
/// </summary>
internal readonly record struct Barcode
{
    public const string Prefix = "2";
    public const int Length = 13;

    private Barcode(string digits) => Digits = digits;

    public string Digits { get; }

    /// <summary>The barcode made of a prefix and a body, twelve digits together; adds the check digit.</summary>
    public static Barcode From(string prefixAndBody) => prefixAndBody.Length == Length - 1
        ? new(prefixAndBody + CheckDigit(prefixAndBody))
        : throw new ArgumentException("An EAN-13 barcode has twelve digits before its check digit.", nameof(prefixAndBody));

    /// <summary>Whether the last of these digits is the check digit of the others.</summary>
    public static bool Checks(ReadOnlySpan<char> digits) => digits.Length == Length && CheckDigit(digits[..^1]) == digits[^1];

    private static char CheckDigit(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
            sum += (digits[^(i + 1)] - '0') * (i % 2 == 0 ? 3 : 1);
        return (char)('0' + (10 - sum % 10) % 10);
    }

    public override string ToString() => Digits;
}
