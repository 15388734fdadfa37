using System.Globalization;
using System.Text;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Liability;

/// <summary>Points outstanding and revenue as RFC 4180 has it, a row per issuer and vintage.</summary>
internal static class LiabilityCsv
{
    public const string MediaType = "text/csv";

    public static string Of(ShownLiability liability)
    {
        var csv = new StringBuilder("issuer,code,vintage,issued,taken_back,redeemed,put_back,repaid,expired,adjusted,outstanding,at_funding_price,currency\r\n");
        foreach (var issuer in liability.Issuers)
        {
            foreach (var v in issuer.Vintages)
            {
                Row(csv, issuer.Issuer, issuer.Code, v.Vintage, v.Issued, v.TakenBack, v.Redeemed, v.PutBack, v.Repaid, v.Expired, v.Adjusted, v.Outstanding,
                    v.AtFundingPrice, issuer.Currency);
            }
        }

        return csv.ToString();
    }

    public static string Of(ShownRevenue revenue)
    {
        var csv = new StringBuilder(
            "period,closed,issuer,code,vintage,granted,redeemed,expired,outstanding,at_funding_price,sales,allocated,estimate_version,expected,recognised,"
            + "recognised_in_period,contract_liability,currency\r\n");
        foreach (var c in revenue.Cohorts)
        {
            Row(csv, revenue.Period, revenue.Closed ? "true" : "false", c.Issuer, c.Code, c.Vintage, c.Granted, c.Redeemed, c.Expired, c.Outstanding, c.AtFundingPrice,
                c.Sales, c.Allocated, c.EstimateVersion, c.Expected, c.Recognised, c.RecognisedInPeriod, c.ContractLiability, c.Currency);
        }

        return csv.ToString();
    }

    private static void Row(StringBuilder csv, params IEnumerable<object?> cells) => csv.AppendJoin(',', cells.Select(Cell)).Append("\r\n");

    // Numbers are our own and stay numbers, also below zero.
    private static string Cell(object? value) => value switch
    {
        string text => BatchReport.Cell(text),
        Money money => money.Amount.ToString("F" + money.Currency.Decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => "",
    };
}
