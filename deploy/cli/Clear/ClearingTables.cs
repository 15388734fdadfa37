using Loyalty.Cli.Api;
using Spectre.Console;

namespace Loyalty.Cli.Clear;

/// <summary>Cycles and statements as people read them.</summary>
internal static class ClearingTables
{
    /// <summary>What everybody pays and gets; stops where that doesn't add up to zero.</summary>
    public static void Netting(CycleFigures figures)
    {
        foreach (var currency in figures.Currencies)
        {
            var table = Show.Table($"Cycle {figures.Cycle.CycleId} in {currency.Currency}{Mark(figures.Preliminary)}", "partner", "owes", "is owed", "net", "brought forward", "carried forward");
            foreach (var p in currency.Positions)
                table.AddRow(p.Name.EscapeMarkup(), Show.Money(p.Owes.Value), Show.Money(p.Owed.Value), Show.Money(p.Net.Value), Show.Money(p.BroughtForward.Value), Show.Money(p.CarriedForward.Value));
            table.AddRow("(coalition)", "", "", Show.Money(currency.Coalition.Value), "", "");
            AnsiConsole.Write(table);
            var net = currency.Positions.Sum(p => p.Net.Value) + currency.Coalition.Value;
            AnsiConsole.MarkupLineInterpolated($"Cycle {figures.Cycle.CycleId} nets to [bold]{Show.Money(net)}[/] {currency.Currency}");
            if (net != 0m)
                throw new StoppedException("The cycle does not net to zero.");
        }
    }

    public static void Statement(Statement statement)
    {
        var table = Show.Table($"Statement of {statement.Name.EscapeMarkup()}, cycle {statement.CycleId}{Mark(statement.Preliminary)}", "line", "points", "price", statement.Currency);
        table.AddRow("brought forward", "", "", Show.Money(statement.BroughtForward.Value));
        foreach (var line in statement.Lines)
            table.AddRow(
                (line.LateFrom is { } late ? $"{line.Kind}, late from {late}" : line.Kind).EscapeMarkup(), Show.Number(line.Points), Show.Money(line.Price), Show.Money(line.Amount.Value));
        foreach (var charge in statement.Charges)
            table.AddRow((charge.Label ?? charge.Kind).EscapeMarkup(), "", "", Show.Money(charge.Amount.Value));
        table.AddRow("carried forward", "", "", Show.Money(statement.CarriedForward.Value));
        AnsiConsole.Write(table);
    }

    private static string Mark(bool preliminary) => preliminary ? ", preliminary" : "";
}
