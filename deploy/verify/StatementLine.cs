using System.Text.Json;

namespace Loyalty.Verify;

/// <summary>
/// A line of a statement: points that were posted in one direction at one price, the money they come to, and the facts it is made of.
/// </summary>
/// <param name="Direction"><c>issued</c> or <c>redeemed</c>; null: both.</param>
/// <param name="Price">What a point costs, in the currency's major unit; null: every price.</param>
/// <param name="Amount">Money in the currency's major unit; null where the line shows none.</param>
internal sealed record StatementLine(string Where, string? Direction, decimal? Price, long Points, decimal? Amount, IReadOnlyList<StatedFact> Facts)
{
    private const string FactsMember = "facts";

    /// <summary>Whether proven points belong to this line; a fact may hold postings of several prices.</summary>
    public bool Takes(ProvenPoints proven) => (Direction is null || Direction == proven.Direction) && (Price is null || Price == proven.Price);

    /// <summary>Every line in a document, wherever it stands: an object with facts and points.</summary>
    public static IEnumerable<(string Where, JsonElement Line)> In(JsonElement json, string where = "$") => json.ValueKind switch
    {
        JsonValueKind.Object when json.Has(FactsMember) && json.Has("points") => [(where, json)],
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member => In(member.Value, $"{where}.{member.Name}")),
        JsonValueKind.Array => json.EnumerateArray().SelectMany((item, i) => In(item, $"{where}[{i}]")),
        _ => [],
    };

    public static StatementLine Read(string where, JsonElement line) => new(
        where,
        line.Has("direction") ? line.Text("direction") : null,
        line.Has("price") ? line.Decimal("price") : null,
        line.Number("points"),
        line.Has("amount") ? MoneyOf(line.Member("amount")) : null,
        [.. line.List(FactsMember).Select(f => new StatedFact(f.Number("sequence"), f.Text("stream"), f.Number("version")))]);

    private static decimal MoneyOf(JsonElement amount) => amount.ValueKind == JsonValueKind.Number && amount.TryGetDecimal(out var plain) ? plain : amount.Decimal("amount");
}

/// <summary>A fact that a line is made of, by its place in the log and in its stream.</summary>
internal sealed record StatedFact(long Sequence, string Stream, long Version);

/// <summary>Points of one price that a proven fact says were posted.</summary>
internal sealed record ProvenPoints(string Direction, decimal Price, string Currency, long Points)
{
    // ISO 4217; all others have two.
    private static readonly HashSet<string> WithoutDecimals =
        ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"];

    private static readonly HashSet<string> WithThreeDecimals = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

    /// <summary>What a leaf of type postings-settled says.</summary>
    public static IEnumerable<ProvenPoints> Of(LeafText leaf)
    {
        if (leaf.Type != "postings-settled") throw new FormatException($"event {leaf.Sequence} is '{leaf.Type}', not postings-settled");
        using var json = JsonDocument.Parse(leaf.Data);
        var fact = json.RootElement.Clone();
        var (direction, sign) = fact.Text("Kind") switch
        {
            "issue" => ("issued", 1L),
            "issue-reversal" => ("issued", -1L),
            "acceptance" => ("redeemed", 1L),
            "acceptance-reversal" => ("redeemed", -1L),
            var other => throw new FormatException($"event {leaf.Sequence} is of an unknown kind '{other}'"),
        };
        foreach (var priced in fact.List("Prices"))
        {
            var points = priced.List("Postings").Aggregate(0L, (sum, posting) => checked(sum + posting.Number("Points")));
            yield return new(direction, priced.Decimal("Price"), fact.Text("Currency"), sign * points);
        }
    }

    /// <summary>Points times price, summed per price and rounded once, halves to even.</summary>
    public static decimal Money(IEnumerable<ProvenPoints> proven) => proven
        .GroupBy(p => (p.Direction, p.Price, p.Currency))
        .Sum(p => Math.Round(p.Sum(one => one.Points) * p.Key.Price, Decimals(p.Key.Currency), MidpointRounding.ToEven));

    private static int Decimals(string currency) =>
        WithoutDecimals.Contains(currency) ? 0 : WithThreeDecimals.Contains(currency) ? 3 : 2;
}
