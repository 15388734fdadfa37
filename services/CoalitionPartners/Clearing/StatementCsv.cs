using System.Globalization;
using System.Text;
using Loyalty.CoalitionPartners.Files;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Clearing;

/// <summary>A statement as RFC 4180 has it: a row per line, and amounts that add up to the last one.</summary>
internal static class StatementCsv
{
    private const string Header = "cycle,partner,preliminary,line,kind,label,late_from,agreement_version,price,points,transactions,reversals,amount,currency";

    public static string Of(ShownStatement s)
    {
        var csv = new StringBuilder(Header).Append("\r\n");
        Row("brought-forward", "brought-forward", s.BroughtForward);
        foreach (var p in s.Payments)
            Row(p.EndToEndId, "payment", p.Amount, $"{p.BookedAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} {p.BankReference}", p.Settles);
        foreach (var l in s.Lines)
            Row(l.LineId, l.Kind, l.Amount, null, l.LateFrom, l.AgreementVersion, l.Price, l.Points, l.Transactions, l.Reversals);
        foreach (var c in s.Charges)
            Row(c.LineId, c.Kind, c.Amount, c.Label, null, null, c.Rate, null, c.Transactions);
        foreach (var a in s.Adjustments)
            Row(a.LineId, "adjustment", a.Amount, a.Reason, a.OfCycle);
        Row("carried-forward", "carried-forward", s.CarriedForward);
        return csv.ToString();

        void Row(
            string line, string kind, Money amount, string? label = null, string? late = null, int? version = null, decimal? price = null,
            long? points = null, long? transactions = null, long? reversals = null)
        {
            csv.AppendJoin(
                ',', CsvCells.Write(s.CycleId), CsvCells.Write(s.Code), s.Preliminary ? "true" : "false", CsvCells.Write(line), CsvCells.Write(kind), CsvCells.Write(label), CsvCells.Write(late), Number(version), Number(price),
                Number(points), Number(transactions), Number(reversals), Amount(amount), s.Currency).Append("\r\n");
        }
    }

    private static string Amount(Money money) =>
        money.Amount.ToString("F" + money.Currency.Decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Number(IFormattable? number) => number?.ToString(null, CultureInfo.InvariantCulture) ?? "";
}
