using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Files;

/// <summary>
/// Comma-separated values as RFC 4180 has them, with a header that names its columns after the members of a JSON line. An empty cell is
/// an absent member. Each row is read as the JSON line it stands for, so that both kinds of file have the same rules.
/// </summary>
internal static partial class CsvFile
{
    public const string MediaType = "text/csv";

    private const char CodeSeparator = '|';
    private static readonly string[] Needed = ["type", "transactionId", "occurredAt"];

    private static readonly string[] Known =
    [
        .. Needed, "card", "store", "amount", "currency", "points", "purchase", "lines", "tender", "terminal", "promoCodes", "returnedLines",
    ];

    public static async IAsyncEnumerable<FileLine> Read(
        FileText text, Func<FiledTransaction, LineFault?> rules, [EnumeratorCancellation] CancellationToken ct)
    {
        var (columns, any) = (Array.Empty<string>(), false);
        var (cells, json) = (new List<string>(), new ArrayBufferWriter<byte>());
        await foreach (var (number, line) in text.Lines(ct))
        {
            var fault = CsvCells.Split(Encoding.UTF8.GetString(line.Span), cells);
            if (fault == CellFault.OpenQuote)
                throw new ProblemException($"Line {number} opens a quote and does not close it. Close it on the same line; a cell has no line breaks.");
            if (columns.Length == 0)
            {
                columns = Columns([.. cells], number);
                continue;
            }

            any = true;
            yield return fault == CellFault.StrayQuote
                ? new(number, null, LineFault.Malformed("A quote stands inside a cell. Put the cell in quotes and write each quote in it twice."))
                : Line(number, columns, cells, json, rules);
        }

        if (!any) throw new ProblemException("The file has a header and nothing below it. Send at least one transaction.");
    }

    private static string[] Columns(string[] header, int number)
    {
        if (header is [var only] && only.Contains(';', StringComparison.Ordinal))
            throw new ProblemException($"Line {number} separates its cells with semicolons. Separate them with commas, and write decimals with a point.");
        if (Needed.FirstOrDefault(n => !header.Contains(n, StringComparer.Ordinal)) is { } missing)
            throw new ProblemException($"Line {number} is no header: the column '{missing}' is missing. Begin the file with the names of its columns.");
        if (header.FirstOrDefault(h => !Known.Contains(h, StringComparer.Ordinal)) is { } unknown)
            throw new ProblemException($"Line {number} has a column '{unknown}' that is not known. The columns are {string.Join(", ", Known)}.");
        return header.Distinct(StringComparer.Ordinal).Count() == header.Length
            ? header
            : throw new ProblemException($"Line {number} has a column twice. Name every column once.");
    }

    private static FileLine Line(
        int number, string[] columns, List<string> cells, ArrayBufferWriter<byte> buffer, Func<FiledTransaction, LineFault?> rules)
    {
        if (cells.Count != columns.Length)
        {
            return new(number, null, LineFault.Malformed(
                $"The line has {cells.Count} cells and the header {columns.Length}. Write a cell for each column, and decimals with a point."));
        }

        buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            for (var i = 0; i < cells.Count; i++)
            {
                if (cells[i].Length == 0) continue;
                json.WritePropertyName(columns[i]);
                if (!TryWrite(json, columns[i], cells[i])) return new(number, null, LineFault.Malformed($"The cell '{columns[i]}' is not JSON. Write the member as a line of JSON would have it."));
            }

            json.WriteEndObject();
        }

        return NdjsonFile.Line(number, buffer.WrittenSpan, rules);
    }

    private static bool TryWrite(Utf8JsonWriter json, string column, string cell)
    {
        switch (column)
        {
            // What is no number is left a text, and refused as one.
            case "amount" or "points" when Number().IsMatch(cell):
                json.WriteRawValue(cell);
                return true;
            case "lines" or "returnedLines":
                return TryWriteRaw(json, cell);
            case "promoCodes":
                json.WriteStartArray();
                foreach (var code in cell.Split(CodeSeparator)) json.WriteStringValue(code);
                json.WriteEndArray();
                return true;
            default:
                json.WriteStringValue(cell);
                return true;
        }
    }

    private static bool TryWriteRaw(Utf8JsonWriter json, string cell)
    {
        try
        {
            json.WriteRawValue(cell);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Number();
}
