using System.Text.Json;
using System.Text.Unicode;

namespace Loyalty.ServiceDefaults;

/// <summary>Whether bytes are one JSON text that can be read in one way only, and stored.</summary>
public static class JsonText
{
    internal const int MaxDepth = 64;

    private static readonly JsonReaderOptions Reading = new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false };

    /// <summary>What is wrong with the text, as a sentence for whoever sent it; null when nothing is.</summary>
    public static string? Fault(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return "The body is empty. Send one JSON object.";
        if (text.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            return "The body begins with a byte-order mark. Send plain UTF-8 without one.";
        if (!Utf8.IsValid(text))
            return "The body is not UTF-8. Send JSON in UTF-8.";
        try
        {
            return FaultOfTokens(text);
        }
        catch (JsonException e)
        {
            return $"The body is not one JSON text: look at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}. " +
                $"Nothing may follow it, and comments, trailing commas and more than {MaxDepth} levels are not allowed.";
        }
    }

    private static string? FaultOfTokens(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, Reading);
        var arrays = 0UL; // One bit per level: whether that level is an array.
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    arrays |= 1UL << reader.CurrentDepth;
                    break;
                case JsonTokenType.StartObject:
                    arrays &= ~(1UL << reader.CurrentDepth);
                    break;
                case JsonTokenType.Null when reader.CurrentDepth > 0 && (arrays & (1UL << (reader.CurrentDepth - 1))) != 0:
                    return "An array in the body contains null. Leave such elements out.";
                case JsonTokenType.String or JsonTokenType.PropertyName when reader.ValueIsEscaped && FaultOfString(ref reader) is { } fault:
                    return fault;
            }
        }
        return null;
    }

    private static string? FaultOfString(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!.Contains('\0', StringComparison.Ordinal) ? "A text in the body contains U+0000. Remove it." : null;
        }
        catch (InvalidOperationException)
        {
            return "A text in the body contains half of a surrogate pair (\\ud800 to \\udfff alone). Send whole characters.";
        }
    }
}
