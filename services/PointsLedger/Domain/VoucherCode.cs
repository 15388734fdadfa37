namespace Loyalty.PointsLedger.Domain;

/// <summary>
/// A generated voucher code: 15 characters of Crockford's base 32 that nobody can guess, and a check character (Luhn's sum over 32
/// characters) that tells a misread one.
/// </summary>
internal static class VoucherCode
{
    /// <summary>How many random bytes a code takes.</summary>
    public const int Entropy = 15;

    private const string Digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>The code of so many random bytes; the upper three bits of each are not used.</summary>
    public static string From(ReadOnlySpan<byte> random)
    {
        Span<char> code = stackalloc char[Entropy + 1];
        for (var i = 0; i < Entropy; i++) code[i] = Digits[random[i] & 31];
        code[Entropy] = Digits[(32 - (Sum(code[..Entropy], last: 2) % 32)) % 32];
        return new(code);
    }

    /// <summary>The code as a person may have typed it, with hyphens, in lower case, or with O for 0 and I or L for 1; null when it is none.</summary>
    public static string? Read(string typed)
    {
        var code = string.Concat(typed.ToUpperInvariant().Where(c => c is not ('-' or ' ')).Select(c => c switch { 'O' => '0', 'I' or 'L' => '1', _ => c }));
        return code.Length == Entropy + 1 && code.All(Digits.Contains) && Sum(code, last: 1) % 32 == 0 ? code : null;
    }

    private static int Sum(ReadOnlySpan<char> code, int last)
    {
        var (sum, factor) = (0, last);
        for (var i = code.Length - 1; i >= 0; i--, factor = 3 - factor)
        {
            var addend = factor * Digits.IndexOf(code[i], StringComparison.Ordinal);
            sum += (addend / 32) + (addend % 32);
        }

        return sum;
    }
}
