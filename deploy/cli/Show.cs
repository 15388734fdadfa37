using System.Globalization;
using Spectre.Console;

namespace Loyalty.Cli;

/// <summary>How numbers and tables look.</summary>
internal static class Show
{
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Money(decimal amount) => amount.ToString("#,##0.00#", CultureInfo.InvariantCulture);

    /// <summary>A table whose first column is a name and whose other columns are numbers.</summary>
    public static Table Table(string title, string first, params IReadOnlyList<string> numbers)
    {
        var table = new Table().Title(title).Border(TableBorder.Simple).AddColumn(first);
        foreach (var column in numbers)
            table.AddColumn(new TableColumn(column).RightAligned());
        return table;
    }
}
