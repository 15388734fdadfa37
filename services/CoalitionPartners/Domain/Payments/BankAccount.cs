using System.Text.RegularExpressions;

namespace Loyalty.CoalitionPartners.Domain.Payments;

/// <summary>An account at a bank. Its members are storage format: see Storage/StoredEvents.cs before renaming one.</summary>
/// <param name="Iban">In its electronic form: capitals and digits, without spaces.</param>
/// <param name="Bic">The bank, by ISO 9362; null where its country needs none.</param>
/// <param name="Holder">Whose it is, as the bank knows it.</param>
internal sealed record BankAccount(string Iban, string? Bic, string Holder);

/// <summary>International bank account numbers, by ISO 13616.</summary>
internal static partial class Iban
{
    // The registry's lengths; a country that isn't among them is only held to the form and the check digits.
    private static readonly Dictionary<string, int> Lengths = (
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 " +
        "IE22 IL23 IS26 IT27 JO30 KW30 KZ20 LB28 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SE24 " +
        "SI19 SK24 SM27 TN24 TR26 VG24 XK20").Split(' ').ToDictionary(entry => entry[..2], entry => int.Parse(entry.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal);

    /// <summary>The electronic form of a number that is written with or without spaces; null where it is none, or mistyped.</summary>
    public static string? Read(string? written)
    {
        var iban = written?.Replace(" ", "", StringComparison.Ordinal) ?? "";
        return Form().IsMatch(iban) && Lengths.GetValueOrDefault(iban[..2], iban.Length) == iban.Length && Remainder(iban[4..] + iban[..4]) == 1 ? iban : null;
    }

    // Letters count from ten on, and the number of all digits must leave 1 over 97.
    private static int Remainder(string moved) => moved.Aggregate(
        0, (rest, letter) => char.IsAsciiDigit(letter) ? ((rest * 10) + letter - '0') % 97 : ((rest * 100) + letter - 'A' + 10) % 97);

    // Check digits run from 02 to 98: 00, 01 and 99 would leave the same rest as others.
    [GeneratedRegex(@"\A[A-Z]{2}(0[2-9]|[1-8][0-9]|9[0-8])[A-Z0-9]{11,30}\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Form();
}

/// <summary>Business identifier codes, by ISO 9362.</summary>
internal static partial class Bic
{
    public static bool IsBic(string text) => Form().IsMatch(text);

    [GeneratedRegex(@"\A[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Form();
}
