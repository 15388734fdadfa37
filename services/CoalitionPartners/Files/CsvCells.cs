using System.Text;

namespace Loyalty.CoalitionPartners.Files;

/// <summary>How the cells of one line were written.</summary>
internal enum CellFault
{
    None,

    /// <summary>A quote stands inside a cell, or text behind a cell's closing quote.</summary>
    StrayQuote,

    /// <summary>A cell's opening quote is not closed on its line.</summary>
    OpenQuote,
}

/// <summary>
/// Writes cells, and takes a line of comma-separated values apart, as RFC 4180 has it, save that no cell has a line break: a line is a transaction, so a
/// quote that is still open at its end was forgotten, and would swallow the transactions below it.
/// </summary>
internal static class CsvCells
{
    public static CellFault Split(string line, List<string> cells)
    {
        cells.Clear();
        for (var at = 0; at <= line.Length; at++)
        {
            var fault = at < line.Length && line[at] == '"' ? Quoted(line, ref at, cells) : Plain(line, ref at, cells);
            if (fault != CellFault.None) return fault;
        }

        return CellFault.None;
    }

    /// <summary>A text as a cell.</summary>
    public static string Write(string? text)
    {
        // A cell that begins like this would be run as a formula by whatever opens the file. Numbers are our own, and need no such care.
        var cell = text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" + text : text ?? "";
        return cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static CellFault Plain(string line, ref int at, List<string> cells)
    {
        var end = line.IndexOf(',', at) is >= 0 and var comma ? comma : line.Length;
        var cell = line[at..end];
        cells.Add(cell);
        at = end;
        return cell.Contains('"', StringComparison.Ordinal) ? CellFault.StrayQuote : CellFault.None;
    }

    // Leaves the place at the comma behind the cell, or at the end.
    private static CellFault Quoted(string line, ref int at, List<string> cells)
    {
        var cell = new StringBuilder();
        while (true)
        {
            var close = line.IndexOf('"', at + 1);
            if (close < 0) return CellFault.OpenQuote;
            cell.Append(line, at + 1, close - at - 1);
            at = close + 1;
            if (at == line.Length || line[at] != '"') break;
            cell.Append('"');
        }

        cells.Add(cell.ToString());
        return at == line.Length || line[at] == ',' ? CellFault.None : CellFault.StrayQuote;
    }
}
