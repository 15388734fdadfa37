using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Views;

/// <summary>The lines of a batch as a file, written while they are read.</summary>
/// <param name="MediaType">What it is.</param>
/// <param name="Extension">How its name ends.</param>
/// <param name="Header">Its first line; none when empty.</param>
/// <param name="Text">The text of a line.</param>
internal sealed record BatchReport(string MediaType, string Extension, string Header, Func<BatchLineShown, string> Text)
{
    private const int FlushBytes = 64 * 1024;

    public static readonly BatchReport Csv = new(Files.CsvFile.MediaType, "csv", "line,transactionId,outcome,code,detail,points,balance\r\n", CsvText);

    public static readonly BatchReport Ndjson = new(Files.NdjsonFile.MediaType, "ndjson", "", line => JsonSerializer.Serialize(line, StrictJson.Options) + "\n");

    public async Task Write(IAsyncEnumerable<BatchLineShown> lines, PipeWriter to, CancellationToken ct)
    {
        Encoding.UTF8.GetBytes(Header, to);
        await foreach (var line in lines.WithCancellation(ct))
        {
            Encoding.UTF8.GetBytes(Text(line), to);
            if (to.UnflushedBytes > FlushBytes) await to.FlushAsync(ct);
        }

        await to.FlushAsync(ct);
    }

    private static string CsvText(BatchLineShown line) => string.Create(
        CultureInfo.InvariantCulture,
        $"{line.Line},{Cell(line.TransactionId)},{line.Outcome},{line.Code},{Cell(line.Detail)},{line.Points},{line.Balance}\r\n");

    /// <summary>A text as a cell: no spreadsheet takes it for a formula, and no reader for more than one cell.</summary>
    internal static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var harmless = "=+-@\t\r\n".Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;
        return harmless.AsSpan().IndexOfAny(",\"\r\n") < 0 ? harmless : $"\"{harmless.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
