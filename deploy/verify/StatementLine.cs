using System.Text.Json;

namespace Loyalty.Verify;

/// <summary>A line of a statement: what postings of one kind, agreement version and price come to.</summary>
/// <param name="Kind"><c>issue</c>, <c>acceptance</c> and so on; what takes back counts in the line of what it takes back.</param>
/// <param name="Points">What is left of the points after reversals.</param>
/// <param name="Amount">In the currency's major unit and the partner's favour: below zero it pays.</param>
internal sealed record StatementLine(string Id, string Kind, long AgreementVersion, decimal Price, long Points, long Transactions, long Reversals, decimal Amount)
{
    public static StatementLine Of(JsonElement line) => new(
        line.Text("lineId"), line.Text("kind"), line.Number("agreementVersion"), line.Decimal("price"), line.Number("points"),
        line.Number("transactions"), line.Number("reversals"), line.Member("amount").Decimal("amount"));

    /// <summary>Points times price, rounded once, halves to even, on the side on which such postings are.</summary>
    public decimal AmountOf(long points, string currency)
    {
        var side = Kind switch
        {
            "issue" or "funding" or "block" => -1,
            "acceptance" or "breakage" => 1,
            "prepaid-issue" => 0,
            _ => throw new FormatException($"'{Kind}' is no kind of posting that is known here"),
        };
        return side * Math.Round(points * Price, CurrencyDecimals.Of(currency), MidpointRounding.ToEven);
    }
}

/// <summary>A posting that is said to stand behind a line, and the fact in which it is said to be.</summary>
/// <param name="Points">Below zero where it undoes something.</param>
internal sealed record StatedPosting(string LineId, string EventId, string TransactionId, long Points, long Sequence, string Stream, long Version)
{
    public static StatedPosting Of(JsonElement posting) => new(
        posting.Text("lineId"), posting.Text("eventId"), posting.Text("transactionId"), posting.Number("points"),
        posting.Number("sequence"), posting.Text("streamId"), posting.Number("version"));
}

/// <summary>A posting as a proven fact has it.</summary>
/// <param name="Place">Which of its fact's postings it is.</param>
internal sealed record ProvenPosting(
    int Place, string Kind, bool Undoes, string Currency, long AgreementVersion, decimal Price, string EventId, string TransactionId, long Points)
{
    private const string Reversal = "-reversal";

    /// <summary>What a leaf of type postings-settled says.</summary>
    public static IReadOnlyList<ProvenPosting> Of(LeafText leaf)
    {
        if (leaf.Type != "postings-settled") throw new FormatException($"event {leaf.Sequence} is '{leaf.Type}', not postings-settled");
        using var json = JsonDocument.Parse(leaf.Data);
        var fact = json.RootElement;
        var (kind, currency) = (fact.Text("Kind"), fact.Text("Currency"));
        var undoes = kind.EndsWith(Reversal, StringComparison.Ordinal);
        return
        [
            .. fact.List("Prices").SelectMany(priced => priced.List("Postings").Select(posting => (priced, posting))).Select((p, place) => new ProvenPosting(
                place, undoes ? kind[..^Reversal.Length] : kind, undoes, currency, p.priced.Number("AgreementVersion"), p.priced.Decimal("Price"),
                p.posting.Text("LedgerEventId"), p.posting.Text("TransactionId"), undoes ? -p.posting.Number("Points") : p.posting.Number("Points"))),
        ];
    }

    public bool Is(StatedPosting stated, StatementLine line) =>
        (Kind, AgreementVersion, Price) == (line.Kind, line.AgreementVersion, line.Price)
        && (EventId, TransactionId, Points) == (stated.EventId, stated.TransactionId, stated.Points);
}

/// <summary>How many decimals an amount of a currency has, after ISO 4217.</summary>
internal static class CurrencyDecimals
{
    private static readonly HashSet<string> None =
        ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"];

    private static readonly HashSet<string> Three = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

    public static int Of(string currency) => None.Contains(currency) ? 0 : Three.Contains(currency) ? 3 : 2;
}
