using Loyalty.CoalitionPartners.Clearing;
using Loyalty.CoalitionPartners.Printing;
using Loyalty.Kernel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using static Loyalty.CoalitionPartners.Tests.Clearing.PrintingStatements;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Clearing;

public sealed class PrintingPdfs
{
    private static readonly Typeface Typeface = Installed(null).Found!;

    [Fact]
    public void shows_the_figures_of_the_statement_to_the_minor_unit()
    {
        var shown = Shown("Grocery", corrected: true);
        var printed = Print(shown);
        printed.Amounts.ShouldBe(AmountsOf(shown));
        printed.Size.ShouldBe((595d, 842d));
        printed.Title.ShouldBe("Statement 2026-03, Grocery");
        var text = printed.Texts.ShouldHaveSingleItem();
        foreach (var figure in new[] { "1,234,567 0.01 20,311 12", "on 13,449.02 20000", "on 20,000.00 20", "Issued Redeemed Expired 1,235,767 250,000 10,000", "you pay 22,010.00 EUR", "Page 1 of 1" })
            text.ShouldContain(figure);
        foreach (var name in new[] { "Points issued, late from 2026-02", "Payment for 2026-02, booked", "Adjustment: =Paid twice.", "Tax: =VAT, 20 %", "Closed 2026-04-01 00:00 UTC" })
            text.ShouldContain(name);
        text.ShouldNotContain("Preliminary");
    }

    [Fact]
    public void goes_on_on_other_sheets_when_it_is_long()
    {
        var shown = Shown("Grocery", preliminary: true);
        shown = shown with { Lines = [.. Enumerable.Range(1, 200).Select(i => shown.Lines[0] with { LineId = $"line.{i}", Amount = new(i % 2 == 0 ? i : -i, Euro) })] };
        var printed = Print(shown);
        printed.Texts.Count.ShouldBeGreaterThan(5);
        printed.Amounts.ShouldBe(AmountsOf(shown));
        printed.Texts.Select((text, i) => text.Contains($"Page {i + 1} of {printed.Texts.Count}", StringComparison.Ordinal)).ShouldAllBe(numbered => numbered);
        printed.Texts.ShouldAllBe(text => text.Contains("· preliminary", StringComparison.Ordinal));
        printed.Texts.SkipLast(1).ShouldAllBe(text => text.Contains("Transactions Reversals You pay You get", StringComparison.Ordinal));
        printed.Texts[0].ShouldContain("Preliminary: this cycle is not closed");
    }

    [Fact]
    public void is_the_same_file_for_the_same_statement()
    {
        var file = StatementPdf.Of(Shown("Grocery"), Typeface);
        StatementPdf.Of(Shown("Grocery"), Typeface).AsSpan().SequenceEqual(file).ShouldBeTrue();
        StatementPdf.Of(Shown("Grocers"), Typeface).AsSpan()[^120..].SequenceEqual(file.AsSpan()[^120..]).ShouldBeFalse();
    }

    [Fact]
    public void keeps_the_largest_amounts_in_their_columns()
    {
        var shown = Shown("Grocery");
        shown = shown with { Lines = [shown.Lines[0] with { Points = long.MaxValue, Amount = new(long.MaxValue, Euro) }], Net = new(-long.MaxValue, Euro) };
        Print(shown).Amounts.ShouldBe(AmountsOf(shown));
        Print(shown).Texts[0].ShouldContain("9,223,372,036,854,775,807 0.01");
    }

    [Fact]
    public void writes_the_letters_that_there_are_and_shows_where_one_is_missing()
    {
        Print(Shown("Ελλάς & Söhne \U0001f389 日本\tАО")).Texts[0].ShouldContain("Ελλάς & Söhne □ □□ АО (GROCERY)");
        var many = string.Concat(Enumerable.Range(0x100, 200).Concat(Enumerable.Range(0x400, 200)).Select(letter => (char)letter));
        Print(Shown(many[..200], label: many[200..])).Texts[0].Where(many.Contains).Distinct().Count().ShouldBe(400);
    }

    [Fact]
    public void is_not_there_without_a_typeface_that_can_be_read()
    {
        var folder = Directory.CreateTempSubdirectory();
        Installed(folder.FullName).Found.ShouldBeNull();
        foreach (var name in new[] { "DejaVuSans.ttf", "DejaVuSans-Bold.ttf" })
            File.WriteAllText(Path.Combine(folder.FullName, name), "no typeface");
        Installed(folder.FullName).Found.ShouldBeNull();
        folder.Delete(recursive: true);
    }

    private static InstalledTypeface Installed(string? folder) =>
        new(new ConfigurationBuilder().AddInMemoryCollection([new("Printing:Fonts", folder)]).Build(), NullLogger<InstalledTypeface>.Instance);

    private static PrintedSheets Print(ShownStatement shown)
    {
        var file = StatementPdf.Of(shown, Typeface);
        if (Environment.GetEnvironmentVariable("LOYALTY_KEEP_PDF") is { } folder)
            File.WriteAllBytes(Path.Combine(folder, $"{TestContext.Current.TestMethod!.MethodName}.pdf"), file);
        return PrintedSheets.Of(file);
    }

    private static IReadOnlyList<decimal> AmountsOf(ShownStatement s) =>
        [.. ((Money[])[s.BroughtForward, .. s.Payments.Select(p => p.Amount), .. s.Lines.Select(l => l.Amount), .. s.Charges.Select(c => c.Amount), .. s.Adjustments.Select(a => a.Amount), s.Net, s.CarriedForward])
            .Select(m => m.Amount)];
}
