using Loyalty.Kernel;

namespace Loyalty.Cards.Domain;

/// <summary>What somebody scanned or typed off a card: its number or its barcode, whichever it turns out to be.</summary>
internal static class PrintedCode
{
    /// <summary>Why this text can't be any card's number or barcode, or null if it can.</summary>
    public static Refusal? Refuse(string text) =>
        !CardNumber.HasForm(text) ? Refusals.CardUnknown
        : IsBarcode(text) ? Barcode.Checks(text) ? null : Refusals.CheckDigit
        : CardNumber.Checks(text) ? null : Refusals.CheckDigit;

    // No card number looks like this: a product whose numbers would overlap the barcodes is refused.
    private static bool IsBarcode(string digits) => digits.Length == Barcode.Length && digits.StartsWith(Barcode.Prefix, StringComparison.Ordinal);
}
