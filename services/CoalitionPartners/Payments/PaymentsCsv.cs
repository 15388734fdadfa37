using System.Globalization;
using System.Text;
using Loyalty.CoalitionPartners.Files;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Payments;

/// <summary>The payments of a cycle as RFC 4180 has it: a row for each, also for what partners have to pay.</summary>
internal static class PaymentsCsv
{
    private const string Header = "cycle,end_to_end_id,partner,name,direction,amount,currency,confirmed,left,value_date,iban,bic,holder";

    public static string Of(ShownPayments payments)
    {
        var csv = new StringBuilder(Header).Append("\r\n");
        foreach (var p in payments.Payments)
        {
            csv.AppendJoin(
                ',', payments.CycleId, p.EndToEndId, CsvCells.Write(p.Code), CsvCells.Write(p.Name), p.Direction.ToString().ToLowerInvariant(), Written(p.Amount), p.Amount.Currency.Code,
                Written(p.Confirmed), Written(p.Left), payments.ValueDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), p.Account.Iban, p.Account.Bic ?? "",
                CsvCells.Write(p.Account.Holder)).Append("\r\n");
        }

        return csv.ToString();
    }

    /// <summary>An amount with all decimals of its currency.</summary>
    public static string Written(Money money) =>
        money.Amount.ToString("F" + money.Currency.Decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
