using Loyalty.Cli.Api;
using Spectre.Console;

namespace Loyalty.Cli.WhatIf;

/// <summary>The report as people read it.</summary>
internal static class WhatIfTables
{
    public static void Print(WhatIfReport report)
    {
        var partners = Show.Table("Partners", "partner", "points awarded", "would be", "difference", "cost", "would be", "owes more", "without price");
        foreach (var p in report.Partners)
            partners.AddRow([p.Code ?? p.Partner.ToString(), .. Points(p.Points), Costs(p.RecordedCost), Costs(p.ReratedCost), Costs(p.SettlementDifference), Show.Number(p.UnpricedDifference)]);
        AnsiConsole.Write(partners);

        var tiers = Show.Table("Tiers", "tier", "purchases", "points awarded", "would be", "difference");
        foreach (var t in report.Tiers) tiers.AddRow([t.Tier ?? "none", Show.Number(t.Purchases), .. Points(t.Points)]);
        AnsiConsole.Write(tiers);

        var offers = Show.Table("Rules", "offer", "grants", "points awarded", "would be", "difference", "beyond budget");
        foreach (var o in report.Offers)
            offers.AddRow([o.Offer ?? "agreements", Show.Number(o.Grants), .. Points(o.Points), o.BeyondBudget is { } beyond ? Show.Number(beyond) : ""]);
        AnsiConsole.Write(offers);

        AnsiConsole.WriteLine($"{Show.Number(report.ChangedPurchases)} of {Show.Number(report.Purchases)} purchases and {Show.Number(report.ChangedMembers)} of {Show.Number(report.Members)} members concerned; points {Show.Number(report.Points.Recorded)}, would be {Show.Number(report.Points.Rerated)}.");
        foreach (var sentence in report.Assumptions) AnsiConsole.WriteLine($"- {sentence}");
    }

    private static string[] Points(ComparedPoints points) => [Show.Number(points.Recorded), Show.Number(points.Rerated), Show.Number(points.Difference)];

    private static string Costs(IReadOnlyList<WhatIfCost> costs) => string.Join(", ", costs.Select(c => $"{Show.Money(c.Amount)} {c.Currency}"));
}
