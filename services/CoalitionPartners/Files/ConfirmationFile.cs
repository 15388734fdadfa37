using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Loyalty.ServiceDefaults;
using Microsoft.Net.Http.Headers;

namespace Loyalty.CoalitionPartners.Files;

/// <summary>A line of a bank's confirmations.</summary>
/// <param name="Fault">What can't be read about it; null for a line that can.</param>
internal sealed record ConfirmationLine(int Number, string EndToEndId, ExactNumber Amount, string Currency, DateTimeOffset BookedAt, string BankReference, string? Fault = null);

/// <summary>Confirmations of payments as comma-separated values, with a header that names its columns.</summary>
internal static partial class ConfirmationFile
{
    private static readonly string[] Columns = ["endToEndId", "amount", "currency", "bookedAt", "bankReference"];

    /// <summary>Its lines, read as they are asked for. Throws <see cref="ProblemException"/> with 415 for another kind of file, and with 400 or 413 when it can't be taken as a whole.</summary>
    public static async IAsyncEnumerable<ConfirmationLine> Read(string? mediaType, FileText text, [EnumeratorCancellation] CancellationToken ct)
    {
        if (!MediaTypeHeaderValue.TryParse(mediaType, out var sent) || !sent.MediaType.Equals(CsvFile.MediaType, StringComparison.OrdinalIgnoreCase))
            throw new ProblemException(Problem.Of(StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", $"Send the file itself, in UTF-8, as {CsvFile.MediaType}."));
        var (header, cells) = (Array.Empty<string>(), new List<string>());
        await foreach (var (number, line) in text.Lines(ct))
        {
            var fault = CsvCells.Split(Encoding.UTF8.GetString(line.Span), cells);
            if (header.Length == 0)
            {
                header = [.. cells];
                if (!header.Order(StringComparer.Ordinal).SequenceEqual(Columns.Order(StringComparer.Ordinal)))
                    throw new ProblemException($"Line {number} is no header. The columns are {string.Join(", ", Columns)}, each of them once.");
                continue;
            }

            yield return fault == CellFault.None && cells.Count == header.Length
                ? Line(number, Columns.Select(c => cells[Array.IndexOf(header, c)]).ToArray())
                : new(number, "", default, "", default, "", "The line's quotes or the number of its cells don't fit the header.");
        }
    }

    private static ConfirmationLine Line(int number, string[] cells)
    {
        var readable = Number().IsMatch(cells[1]);
        var booked = Rfc3339.TryParse(cells[3], out var time);
        return new(
            number, cells[0], readable ? ExactNumber.From(cells[1]) : default, cells[2], time, cells[4],
            !readable ? "The amount is no number: write it with a point and without a currency." : booked ? null : "bookedAt is a time as RFC 3339 has it, with its offset.");
    }

    // No more digits than any amount has, so that the number can be read in any case.
    [GeneratedRegex(@"\A-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Number();
}
