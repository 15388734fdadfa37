using System.Globalization;
using Spectre.Console;

namespace Loyalty.Cli.Import;

/// <summary>The totals as people read them.</summary>
internal static class ReportTables
{
    public static void Print(Report report)
    {
        Partners(report);
        Settlement(report);
        AnsiConsole.Write(new Grid().AddColumn().AddColumn(new GridColumn().RightAligned())
            .AddRow("Purchases", Show.Number(report.Purchases))
            .AddRow("Points accrued", Show.Number(report.PointsAccrued))
            .AddRow("Points redeemed", Show.Number(report.PointsRedeemed))
            .AddRow("Coupons redeemed", Show.Number(report.Redemptions))
            .AddRow("Coupons refused for lack of points", Show.Number(report.RefusedRedemptions))
            .AddRow("Sum of balances", Show.Number(report.SumOfBalances))
            .AddRow("Net of all partners and the coalition", Show.Money(report.NetOfAll))
            .AddRow("Wall time", report.Seconds.ToString("0.0 s", CultureInfo.InvariantCulture))
            .AddRow("Purchases per second", report.PurchasesPerSecond.ToString("0", CultureInfo.InvariantCulture))
            .AddRow("Requests sent again", Show.Number(report.RequestsRepeated)));
    }

    private static void Partners(Report report)
    {
        var table = Show.Table("Partners", "partner", "purchases", "sales", "accrued", "redeemed");
        foreach (var partner in report.Partners)
            table.AddRow(
                partner.Partner.EscapeMarkup(), Show.Number(partner.Purchases), Show.Money(partner.Amount),
                Show.Number(partner.PointsAccrued), Show.Number(partner.PointsRedeemed));
        AnsiConsole.Write(table);
    }

    private static void Settlement(Report report)
    {
        var table = Show.Table("Settlement", "partner", "month", "issued", "redeemed", "owes", "is owed", "net");
        foreach (var line in report.Settlement.OrderBy(line => line.Partner, StringComparer.Ordinal).ThenBy(line => line.Month, StringComparer.Ordinal))
            table.AddRow(
                line.Name.EscapeMarkup(), line.Month, Show.Number(line.PointsIssued), Show.Number(line.PointsRedeemed),
                Show.Money(line.Owes), Show.Money(line.IsOwed), Show.Money(line.Net));
        foreach (var line in report.Coalition)
            table.AddRow("(coalition)", line.Month, "", "", "", "", Show.Money(line.Net));
        AnsiConsole.Write(table);
    }
}
