using System.Text;

namespace Loyalty.CoalitionPartners.Webhooks;

/// <summary>How an attempt went, as it is stored and shown.</summary>
/// <param name="At">When it began.</param>
/// <param name="DurationMs">How long it took, in milliseconds.</param>
/// <param name="Status">The HTTP status of the answer; null where there was none.</param>
/// <param name="Fault">Why there was none: <c>timeout</c>, <c>connection-failed</c>, <c>address-not-allowed</c>.</param>
/// <param name="Answer">The beginning of the answer, as plain text.</param>
internal sealed record DeliveryAttempt(DateTimeOffset At, long DurationMs, int? Status, string? Fault, string? Answer)
{
    private const int Shown = 1000;

    /// <summary>What can be shown of an answer: its first characters, without any that do something where they are shown.</summary>
    public static string Neutral(ReadOnlySpan<byte> answer)
    {
        var text = new StringBuilder(Shown);
        foreach (var rune in Encoding.UTF8.GetString(answer).EnumerateRunes())
        {
            if (text.Length + rune.Utf16SequenceLength > Shown) break;
            text.Append(IsHarmless(rune) ? rune.ToString() : " ");
        }

        return text.ToString();
    }

    // Not control and format characters, which move cursors and turn the direction of writing.
    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator
        or System.Globalization.UnicodeCategory.ParagraphSeparator or System.Globalization.UnicodeCategory.PrivateUse or System.Globalization.UnicodeCategory.OtherNotAssigned);
}
