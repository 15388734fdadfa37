using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Clearing;

/// <summary>A statement as a page to print on A4. There is no script in it, and every text is encoded.</summary>
internal static class StatementPage
{
    private const string Style =
        """
        @page { size: A4; margin: 18mm }
        body { font: 10pt/1.4 "Liberation Sans", Arial, sans-serif; color: #111; max-width: 174mm; margin: 10mm auto }
        header { display: flex; justify-content: space-between; border-bottom: 2px solid #111; margin-bottom: 6mm }
        h1 { font-size: 16pt; margin: 0 } h2 { font-size: 11pt; margin: 6mm 0 1mm }
        header p, dl { margin: 0 } dl { display: grid; grid-template-columns: max-content 1fr; column-gap: 6mm } dt { color: #555 } dd { margin: 0 }
        table { border-collapse: collapse; width: 100% } tr { break-inside: avoid }
        th, td { text-align: left; padding: 1mm 2mm; border-bottom: 1px solid #ccc; vertical-align: top }
        th { color: #555; font-weight: normal } .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
        .total td { font-weight: bold; border-bottom: 2px solid #111 } small { color: #555 }
        .preliminary { border: 2px solid #b00; color: #b00; padding: 2mm 4mm; margin: 4mm 0 }
        @media print { body { margin: 0; max-width: none } }
        """;

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["issue"] = "Points issued",
        ["acceptance"] = "Points redeemed",
        ["funding"] = "Own points redeemed elsewhere",
        ["breakage"] = "Points expired (breakage)",
        ["prepaid-issue"] = "Points issued from prepaid blocks",
        ["block"] = "Blocks of points bought",
        ["fee-per-transaction"] = "Fee per transaction",
        ["fee-per-cycle"] = "Fee per cycle",
        ["minimum"] = "Missing to the minimum",
        ["tax"] = "Tax",
    };

    public static string Of(ShownStatement s)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>").Append(Text($"Statement {s.CycleId}, {s.Name}"))
            .Append("</title><style>\n").Append(Style).Append("\n</style></head>\n<body>\n<header><h1>Statement</h1><p>").Append(Text(s.CycleId)).Append("</p></header>\n");
        if (s.Preliminary)
            page.Append("<p class=\"preliminary\">Preliminary: this cycle is not closed, and its figures may still change.</p>\n");
        page.Append("<dl>").Append(Term("Partner", $"{s.Name} ({s.Code})")).Append(Term("Period", $"{Time(s.From)} to before {Time(s.Until)}"))
            .Append(Term("Currency", s.Currency)).Append(s.ClosedAt is { } closed ? Term("Closed", Time(closed)) : "")
            .Append(Term("Events", string.Create(CultureInfo.InvariantCulture, $"through {s.ThroughSequence}"))).Append("</dl>\n");

        page.Append("<h2>Account</h2>\n<table><tr><th>Line</th><th class=\"n\">Points</th><th class=\"n\">Price</th><th class=\"n\">Transactions</th><th class=\"n\">Reversals</th>")
            .Append("<th class=\"n\">You pay</th><th class=\"n\">You get</th></tr>\n");
        Total(page, "Brought forward", s.BroughtForward);
        foreach (var payment in s.Payments)
            Other(page, $"Payment for {payment.Settles}, booked {Time(payment.BookedAt)}, {payment.BankReference}", payment.EndToEndId, payment.Amount);
        foreach (var line in s.Lines)
            Line(page, line);
        foreach (var charge in s.Charges)
            Charge(page, charge);
        foreach (var a in s.Adjustments)
            Other(page, a.OfCycle is null ? $"Adjustment: {a.Reason}" : $"Adjustment of {a.OfLine} in {a.OfCycle}: {a.Reason}", a.LineId, a.Amount);
        Total(page, "This cycle", s.Net);
        Total(page, "Carried forward", s.CarriedForward);
        page.Append("</table>\n<h2>Points</h2>\n<table><tr><th>Issued</th><th>Redeemed</th><th>Expired</th></tr><tr><td>").Append(Number(s.Points.Issued)).Append("</td><td>").Append(Number(s.Points.Redeemed)).Append("</td><td>").Append(Number(s.Points.Expired))
            .Append("</td></tr></table>\n<p><small>Each amount is points times price, rounded once, halves to even. Each line opens to its postings under its name.</small></p>\n</body>\n</html>\n");
        return page.ToString();
    }

    private static void Line(StringBuilder page, ShownLine l)
    {
        page.Append("<tr><td>").Append(Text(NameOf(l.Kind)));
        if (l.LateFrom is { } late)
            page.Append(", late from ").Append(Text(late));
        page.Append("<br><small>").Append(Text(l.LineId)).Append("</small></td>").Append(Cell(Number(l.Points)))
            .Append(Cell(l.Price.ToString(CultureInfo.InvariantCulture))).Append(Cell(Number(l.Transactions))).Append(Cell(Number(l.Reversals))).Append(Amounts(l.Amount)).Append("</tr>\n");
    }

    private static void Charge(StringBuilder page, ShownCharge c) => page
        .Append("<tr><td>").Append(Text(c.Label is null ? NameOf(c.Kind) : $"{NameOf(c.Kind)}: {c.Label}")).Append("<br><small>").Append(Text(c.LineId)).Append("</small></td>")
        .Append(Cell(c.On is { } on ? $"on {Amount(on)}" : "")).Append(Cell(c.Rate.ToString(CultureInfo.InvariantCulture)))
        .Append(Cell(c.Transactions is { } transactions ? Number(transactions) : "")).Append(Cell("")).Append(Amounts(c.Amount)).Append("</tr>\n");

    private static void Other(StringBuilder page, string name, string id, Money amount) => page
        .Append("<tr><td colspan=\"5\">").Append(Text(name)).Append("<br><small>").Append(Text(id)).Append("</small></td>").Append(Amounts(amount)).Append("</tr>\n");

    private static void Total(StringBuilder page, string name, Money amount) =>
        page.Append("<tr class=\"total\"><td colspan=\"5\">").Append(Text(name)).Append("</td>").Append(Amounts(amount)).Append("</tr>\n");

    private static string Amounts(Money amount) => amount.Minor < 0 ? Cell(Amount(-amount)) + Cell("") : Cell("") + Cell(Amount(amount));

    private static string NameOf(string kind) => Names.GetValueOrDefault(kind, kind);

    private static string Term(string term, string text) => $"<dt>{Text(term)}</dt><dd>{Text(text)}</dd>";

    private static string Cell(string text) => $"<td class=\"n\">{Text(text)}</td>";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Amount(Money money) => money.Amount.ToString("N" + money.Currency.Decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
