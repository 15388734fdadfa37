namespace Loyalty.Cli.Audit;

/// <summary>Minor units, by ISO 4217, and how amounts are rounded to them: halves to the even neighbour.</summary>
internal static class Currencies
{
    private static readonly string[] WithoutDecimals = ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"];
    private static readonly string[] WithThreeDecimals = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

    public static long MinorPerUnit(string currency) => WithoutDecimals.Contains(currency) ? 1 : WithThreeDecimals.Contains(currency) ? 1000 : 100;

    /// <summary>The minor units of an exact amount in units.</summary>
    public static long Minor(decimal amount, string currency) => checked((long)decimal.Round(amount * MinorPerUnit(currency), 0, MidpointRounding.ToEven));

    /// <summary>The amount in units, rounded to whole minor units.</summary>
    public static decimal Rounded(decimal amount, string currency) => (decimal)Minor(amount, currency) / MinorPerUnit(currency);

    /// <summary>Minor units as people read them.</summary>
    public static string Told(long minor, string currency) => $"{Show.Money((decimal)minor / MinorPerUnit(currency))} {currency}";
}
