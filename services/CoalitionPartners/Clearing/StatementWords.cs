using System.Globalization;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Clearing;

/// <summary>How a statement reads, on the page and on paper alike.</summary>
internal static class StatementWords
{
    public const string Preliminary = "Preliminary: this cycle is not closed, and its figures may still change.";
    public const string Rounding = "Each amount is points times price, rounded once, halves to even. Each line opens to its postings under its name.";

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

    /// <summary>What stands above the account, term by term.</summary>
    public static IEnumerable<(string Term, string Text)> Terms(ShownStatement s)
    {
        yield return ("Partner", $"{s.Name} ({s.Code})");
        yield return ("Period", $"{Time(s.From)} to before {Time(s.Until)}");
        yield return ("Currency", s.Currency);
        if (s.ClosedAt is { } closed)
            yield return ("Closed", Time(closed));
        yield return ("Events", string.Create(CultureInfo.InvariantCulture, $"through {s.ThroughSequence}"));
    }

    public static string NameOf(ShownLine line) => NameOf(line.Kind) + (line.LateFrom is { } late ? ", late from " + late : "");

    public static string NameOf(ShownCharge charge) => charge.Label is null ? NameOf(charge.Kind) : $"{NameOf(charge.Kind)}: {charge.Label}";

    public static string NameOf(ShownPayment payment) => $"Payment for {payment.Settles}, booked {Time(payment.BookedAt)}, {payment.BankReference}";

    public static string NameOf(ShownAdjustment a) => a.OfCycle is null ? $"Adjustment: {a.Reason}" : $"Adjustment of {a.OfLine} in {a.OfCycle}: {a.Reason}";

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Number(decimal number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>With all of the currency's decimals, to the minor unit.</summary>
    public static string Amount(Money money) => money.Amount.ToString("N" + money.Currency.Decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>In the column of what the partner pays or of what it gets; the other one stays empty.</summary>
    public static (string Pays, string Gets) Amounts(Money amount) => amount.Minor < 0 ? (Amount(-amount), "") : ("", Amount(amount));

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string NameOf(string kind) => Names.GetValueOrDefault(kind, kind);
}
