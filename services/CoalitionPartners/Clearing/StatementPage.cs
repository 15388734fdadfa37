using System.Text;
using System.Text.Encodings.Web;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Clearing.StatementWords;

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

    public static string Of(ShownStatement s)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>").Append(Text($"Statement {s.CycleId}, {s.Name}"))
            .Append("</title><style>\n").Append(Style).Append("\n</style></head>\n<body>\n<header><h1>Statement</h1><p>").Append(Text(s.CycleId)).Append("</p></header>\n");
        if (s.Preliminary)
            page.Append("<p class=\"preliminary\">").Append(Text(Preliminary)).Append("</p>\n");
        page.Append("<dl>").AppendJoin("", Terms(s).Select(t => $"<dt>{Text(t.Term)}</dt><dd>{Text(t.Text)}</dd>")).Append("</dl>\n");

        page.Append("<h2>Account</h2>\n<table><tr><th>Line</th><th class=\"n\">Points</th><th class=\"n\">Price</th><th class=\"n\">Transactions</th><th class=\"n\">Reversals</th>")
            .Append("<th class=\"n\">You pay</th><th class=\"n\">You get</th></tr>\n");
        Total(page, "Brought forward", s.BroughtForward);
        foreach (var payment in s.Payments)
            Other(page, NameOf(payment), payment.EndToEndId, payment.Amount);
        foreach (var line in s.Lines)
            Row(page, NameOf(line), line.LineId, [Number(line.Points), Number(line.Price), Number(line.Transactions), Number(line.Reversals)], line.Amount);
        foreach (var charge in s.Charges)
            Row(page, NameOf(charge), charge.LineId, [charge.On is { } on ? $"on {Amount(on)}" : "", Number(charge.Rate), charge.Transactions is { } n ? Number(n) : "", ""], charge.Amount);
        foreach (var adjustment in s.Adjustments)
            Other(page, NameOf(adjustment), adjustment.LineId, adjustment.Amount);
        Total(page, "This cycle", s.Net);
        Total(page, "Carried forward", s.CarriedForward);
        page.Append("</table>\n<h2>Points</h2>\n<table><tr><th>Issued</th><th>Redeemed</th><th>Expired</th></tr><tr><td>").Append(Number(s.Points.Issued)).Append("</td><td>").Append(Number(s.Points.Redeemed)).Append("</td><td>").Append(Number(s.Points.Expired))
            .Append("</td></tr></table>\n<p><small>").Append(Text(Rounding)).Append("</small></p>\n</body>\n</html>\n");
        return page.ToString();
    }

    private static void Row(StringBuilder page, string name, string id, string[] figures, Money amount) => page
        .Append("<tr><td>").Append(Named(name, id)).Append("</td>").AppendJoin("", figures.Select(Cell)).Append(Cells(amount)).Append("</tr>\n");

    private static void Other(StringBuilder page, string name, string id, Money amount) => page
        .Append("<tr><td colspan=\"5\">").Append(Named(name, id)).Append("</td>").Append(Cells(amount)).Append("</tr>\n");

    private static void Total(StringBuilder page, string name, Money amount) =>
        page.Append("<tr class=\"total\"><td colspan=\"5\">").Append(Text(name)).Append("</td>").Append(Cells(amount)).Append("</tr>\n");

    private static string Named(string name, string id) => $"{Text(name)}<br><small>{Text(id)}</small>";

    private static string Cells(Money amount) => Amounts(amount) is var (pays, gets) ? Cell(pays) + Cell(gets) : "";

    private static string Cell(string text) => $"<td class=\"n\">{Text(text)}</td>";

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
