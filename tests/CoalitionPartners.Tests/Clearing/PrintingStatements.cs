using System.Globalization;
using Loyalty.CoalitionPartners.Clearing;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Views;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Clearing;

public sealed class PrintingStatements
{
    private static readonly Cycle March = CalendarTimeline.Usual.At(Noon);

    private static readonly Commercial Terms = Commercial.Usual with
    {
        FeePerTransaction = new(5, Euro), FeePerCycle = new(2500, Euro), MinimumPerCycle = new(20_000, Euro), Vat = new(20, "=VAT, 20 %"),
    };

    [Fact]
    public void adds_up_in_a_spreadsheet()
    {
        var rows = StatementCsv.Of(Shown("Grocery")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(Cells).ToList();
        rows.ShouldAllBe(r => r.Length == 14);
        rows.Select(r => r[3]).ShouldBe(
        [
            "brought-forward", "2026-02.issue.v1.0.01", "2026-03.issue.v1.0.01", "2026-03.acceptance.v1.0.008", "2026-03.breakage.v1.0.002",
            "fee-per-transaction", "fee-per-cycle", "minimum", "tax", "carried-forward",
        ]);
        var amounts = rows.Select(r => decimal.Parse(r[12], CultureInfo.InvariantCulture)).ToList();
        amounts.Take(amounts.Count - 1).Sum().ShouldBe(amounts[^1]);
        rows[1][6].ShouldBe("2026-02");
    }

    [Theory]
    [InlineData("=2+5"), InlineData("+cmd"), InlineData("-1"), InlineData("@sum"), InlineData("\tx")]
    public void runs_no_formula_in_a_spreadsheet(string label)
    {
        var csv = StatementCsv.Of(Shown("Grocery", label));
        csv.ShouldContain($",'{label},");
        csv.ShouldNotContain($",{label},");
        csv.ShouldContain(",-125.00,EUR");
    }

    [Fact]
    public void shows_payments_and_adjustments_where_they_add_up()
    {
        var shown = Shown("Grocery", corrected: true);
        var rows = StatementCsv.Of(shown).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(Cells).ToList();
        var amounts = rows.Select(r => decimal.Parse(r[12], CultureInfo.InvariantCulture)).ToList();
        amounts.Take(amounts.Count - 1).Sum().ShouldBe(amounts[^1]);
        rows.Select(r => (r[4], r[5], r[6])).ShouldContain(("payment", "2026-03-14 B-1", "2026-02"));
        rows.Select(r => (r[4], r[5], r[12])).ShouldContain(("adjustment", "'=Paid twice.", "-5.00"));
        (shown.Unpaid.Minor, shown.Net.Minor).ShouldBe((-2_500, Shown("Grocery").Net.Minor - 500));
        var page = StatementPage.Of(shown);
        page.ShouldContain("Payment for 2026-02, booked 2026-03-14 12:00 UTC, B-1");
        page.ShouldContain("Adjustment: =Paid twice.");
    }

    [Fact]
    public void quotes_what_would_break_a_row() =>
        StatementCsv.Of(Shown("Grocery", "VAT, \"20\"\n")).ShouldContain("\"VAT, \"\"20\"\"\n\"");

    [Fact]
    public void shows_as_text_whatever_somebody_has_typed()
    {
        var page = StatementPage.Of(Shown("<img src=x onerror=alert(1)>", "<script>alert(2)</script>"));
        page.ShouldNotContain("<img");
        page.ShouldNotContain("<script");
        page.ShouldContain("&lt;img src=x onerror=alert(1)&gt;");
        page.ShouldContain("late from 2026-02");
    }

    [Fact]
    public void says_on_the_page_when_figures_may_still_change()
    {
        StatementPage.Of(Shown("Grocery")).ShouldNotContain("Preliminary:");
        StatementPage.Of(Shown("Grocery", preliminary: true)).ShouldContain("Preliminary:");
        if (Environment.GetEnvironmentVariable("LOYALTY_KEEP_PAGE") is { } file)
            File.WriteAllText(file, StatementPage.Of(Shown("Grocery & Söhne", preliminary: true)));
    }

    private static string[] Cells(string row) => row.Replace("\"'=VAT, 20 %\"", "VAT", StringComparison.Ordinal).Split(',');

    /// <summary>A statement with something of every kind.</summary>
    internal static ShownStatement Shown(string name, string? label = null, bool preliminary = false, bool corrected = false)
    {
        var statement = new StatementInput(
            Grocery, Euro, -12_500,
            [
                Line(March.Id.Previous(), PostingKind.Issue, 0.01m, 1_200, 4),
                Line(March.Id, PostingKind.Issue, 0.01m, 1_234_567, 20_311, 12),
                Line(March.Id, PostingKind.Acceptance, 0.008m, 250_000, 1_012),
                Line(March.Id, PostingKind.Breakage, 0.002m, 10_000, 40),
            ],
            Terms with { MinimumPerCycle = new(2_000_000, Euro), Vat = Terms.Vat! with { Label = label ?? Terms.Vat.Label } })
        {
            Payments = corrected ? [new("2026-02.EUR.1", March.Id.Previous(), 10_000, Noon, "B-1")] : [],
            Adjustments = corrected ? [new(Guid.Empty, -500, "=Paid twice.", null, null, null)] : [],
        }.Statement();
        var row = CycleRow.Of(March) with { CutSequence = 123_456, ClosedAt = preliminary ? null : March.Until };
        return ShownStatement.Of(new(row, preliminary, 123_456, []), statement, new(Grocery.Value, "GROCERY", name));
    }

    private static (LineKey, PriceLine) Line(CycleId origin, PostingKind kind, decimal price, long points, long transactions, long reversals = 0) =>
        (new(origin, kind, 1, price), new(price, new(points), transactions, reversals));
}
