using Loyalty.ServiceDefaults;
using Microsoft.Net.Http.Headers;

namespace Loyalty.CoalitionPartners.Files;

/// <summary>A file of transactions in one of the kinds that partners send.</summary>
internal static class TransactionFile
{
    /// <summary>
    /// Its lines in order, read as they are asked for. Throws <see cref="ProblemException"/> with 415 for another kind, and with 400 or 413 when
    /// the file as a whole can't be taken; the lines given out before that are then nobody's.
    /// </summary>
    /// <param name="mediaType">What the sender calls it.</param>
    /// <param name="text">Its text.</param>
    /// <param name="ct">Ends the reading.</param>
    public static IAsyncEnumerable<FileLine> Read(string? mediaType, FileText text, CancellationToken ct) =>
        Read(mediaType, text, FiledTransactionRules.Fault, ct);

    /// <summary>The same with other rules of what a line must hold.</summary>
    public static IAsyncEnumerable<FileLine> Read(string? mediaType, FileText text, Func<FiledTransaction, LineFault?> rules, CancellationToken ct)
    {
        if (!MediaTypeHeaderValue.TryParse(mediaType, out var sent)) throw new ProblemException(Unsupported);
        if (sent.Charset.HasValue && !HeaderUtilities.RemoveQuotes(sent.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw new ProblemException(Unsupported);
        return sent.MediaType.Value?.ToUpperInvariant() switch
        {
            "TEXT/CSV" => CsvFile.Read(text, rules, ct),
            "APPLICATION/X-NDJSON" => NdjsonFile.Read(text, rules, ct),
            _ => throw new ProblemException(Unsupported),
        };
    }

    private static Problem Unsupported => Problem.Of(
        StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", $"Send the file itself, in UTF-8, as {CsvFile.MediaType} or {NdjsonFile.MediaType}.");
}
