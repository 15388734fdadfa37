using System.Runtime.CompilerServices;
using System.Text.Json;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Files;

/// <summary>One JSON object per line.</summary>
internal static class NdjsonFile
{
    public const string MediaType = "application/x-ndjson";

    public static async IAsyncEnumerable<FileLine> Read(
        FileText text, Func<FiledTransaction, LineFault?> rules, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var (number, line) in text.Lines(ct)) yield return Line(number, line.Span.Trim(" \t"u8), rules);
    }

    /// <summary>The line that a JSON text makes.</summary>
    public static FileLine Line(int number, ReadOnlySpan<byte> json, Func<FiledTransaction, LineFault?> rules)
    {
        if (JsonText.Fault(json) is { } fault) return new(number, null, LineFault.Malformed(fault.Replace("body", "line", StringComparison.Ordinal)));
        try
        {
            return JsonSerializer.Deserialize<FiledTransaction>(json, StrictJson.Options) is { } transaction
                ? new(number, transaction, rules(transaction))
                : new(number, null, LineFault.Malformed("The line is null. Send one JSON object per line."));
        }
        catch (JsonException e)
        {
            return new(number, null, LineFault.Of(Problem.Malformed(e)));
        }
    }
}
