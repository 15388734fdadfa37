using System.Globalization;
using System.Text;
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
        foreach (var l in s.Lines)
            Row(l.LineId, l.Kind, l.Amount, null, l.LateFrom, l.AgreementVersion, l.Price, l.Points, l.Transactions, l.Reversals);
        foreach (var c in s.Charges)
            Row(c.LineId, c.Kind, c.Amount, c.Label, null, null, c.Rate, null, c.Transactions);
        Row("carried-forward", "carried-forward", s.CarriedForward);
        return csv.ToString();

        void Row(
            string line, string kind, Money amount, string? label = null, string? late = null, int? version = null, decimal? price = null,
            long? points = null, long? transactions = null, long? reversals = null)
        {
            csv.AppendJoin(
                ',', Text(s.CycleId), Text(s.Code), s.Preliminary ? "true" : "false", Text(line), Text(kind), Text(label), Text(late), Number(version), Number(price),
                Number(points), Number(transactions), Number(reversals), Amount(amount), s.Currency).Append("\r\n");
        }
    }

    // A cell that begins like this would be run as a formula by whatever opens the file. Numbers are our own, and stay numbers.
    private static string Text(string? text)
    {
        var cell = text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" + text : text ?? "";
        return cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string Amount(Money money) =>
        money.Amount.ToString("F" + money.Currency.Decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Number(IFormattable? number) => number?.ToString(null, CultureInfo.InvariantCulture) ?? "";
}
