using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Loyalty.Cli.Audit.Clearing;

/// <summary>Whatever stands in a statement with an amount: a line, a charge, a payment or an adjustment. Two that say the same are equal.</summary>
/// <param name="Name">Its name within the statement.</param>
/// <param name="Says">All that it says beside its amount.</param>
/// <param name="Amount">Minor units in the partner's favour.</param>
/// <param name="InPosition">Whether it is of this cycle's position. Payments are not: they settle what was brought forward.</param>
internal sealed record StatementItem(string Name, string Says, long Amount, bool InPosition = true)
{
    public static StatementItem Line(LineName of, LineSum sum, long amount) => Line(of.Id, of, sum, amount);

    public static StatementItem Charge(string kind, string? label, long? of, decimal rate, long amount) =>
        new(kind, string.Create(CultureInfo.InvariantCulture, $"{rate:0.######}{(of is null ? "" : $" of {of}")} {label}"), amount);

    /// <param name="fact">The confirmation, or what a statement says of it.</param>
    /// <param name="cycle">The cycle that is paid.</param>
    public static StatementItem Payment(JsonElement fact, string cycle, long amount) => new(
        $"payment {fact.Text("EndToEndId")}",
        string.Create(CultureInfo.InvariantCulture, $"of {cycle}, booked {fact.Time("BookedAt").UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} as {fact.Text("BankReference")}"), amount, InPosition: false);

    /// <param name="fact">The correction, or what a statement says of it.</param>
    public static StatementItem Adjustment(JsonElement fact)
    {
        var of = fact.Has("Dispute") ? $"of {fact.Text("Line")} in {fact.Text("Cycle")} by dispute {fact.Id("Dispute")}" : "without a dispute";
        return new($"adjustment {fact.Id("Correction")}", $"{of}: {fact.Text("Reason")}", fact.Number("Amount"));
    }

    /// <summary>All that a stored statement says.</summary>
    public static List<StatementItem> AllOf(JsonElement statement) =>
    [
        .. statement.Items("Lines").Select(line => Line(
            line.Text("Id"), new(line.Text("Origin"), line.Text("Kind"), (int)line.Number("AgreementVersion"), line.Exact("Price")),
            new(line.Number("Points"), line.Number("Transactions"), line.Number("Reversals")), line.Number("Amount"))),
        .. statement.Items("Charges").Select(charge => Charge(
            charge.Text("Kind"), charge.Has("Label") ? charge.Text("Label") : null, charge.Has("Base") ? charge.Number("Base") : null, charge.Exact("Rate"), charge.Number("Amount"))),
        .. statement.Items("Booked").Select(payment => Payment(payment, payment.Text("Cycle"), payment.Number("Amount"))),
        .. statement.Items("Posted").Select(Adjustment),
    ];

    private static StatementItem Line(string id, LineName of, LineSum sum, long amount) => new(
        id, string.Create(CultureInfo.InvariantCulture, $"{sum.Points} points, {sum.Transactions} transactions and {sum.Reversals} reversals: {of.Kind} from {of.Origin} at {of.Price:0.####################} by agreement {of.Agreement}"),
        amount);
}

/// <summary>What is added up in one line. What came late has another origin than its statement's cycle.</summary>
internal readonly record struct LineName(string Origin, string Kind, int Agreement, decimal Price)
{
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Origin}.{Kind}.v{Agreement}.{Price:0.####################}");
}

/// <summary>What it comes to, less what was reversed.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LineSum(long Points, long Transactions, long Reversals)
{
    public static LineSum operator +(LineSum a, LineSum b) => new(a.Points + b.Points, a.Transactions + b.Transactions, a.Reversals + b.Reversals);
}
