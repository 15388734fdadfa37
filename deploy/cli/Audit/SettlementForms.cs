using System.Text.Json;

namespace Loyalty.Cli.Audit;

/// <summary>What one event of the ledger moves between one partner and the coalition.</summary>
/// <param name="Kind"><c>issue</c>, <c>acceptance</c>, <c>funding</c>, <c>prepaid-issue</c>, each also with <c>-reversal</c>, <c>breakage</c> or <c>block</c>.</param>
/// <param name="Month">The first day of the month in which it happened, in UTC.</param>
internal readonly record struct SettledPart(string Kind, Guid Partner, int Agreement, long Points, DateOnly Month)
{
    private const string Reversal = "-reversal";

    /// <summary>The kind, or what it reverses.</summary>
    public string Plain => PlainOf(Kind);

    public bool IsReversal => Plain != Kind;

    /// <summary>What its points are called in a line of the settlement.</summary>
    public string Direction => DirectionOf(Plain);

    /// <summary>A kind, or what it reverses.</summary>
    public static string PlainOf(string kind) => kind.EndsWith(Reversal, StringComparison.Ordinal) ? kind[..^Reversal.Length] : kind;

    /// <summary>What points of a kind that reverses nothing are called in a line of the settlement.</summary>
    public static string DirectionOf(string plain) => plain switch
    {
        "issue" => "issued",
        "acceptance" => "accepted",
        "funding" => "funded",
        "breakage" => "lapsed",
        "prepaid-issue" => "prepaid",
        "block" => "bought",
        _ => throw new InvalidOperationException($"Nobody knows where {plain} belongs."),
    };

    /// <summary>1 where the partner is owed for it, -1 where it owes for it, 0 where nobody does any more.</summary>
    public static int SideOf(string direction) => direction switch
    {
        "accepted" or "lapsed" => 1,
        "issued" or "funded" or "bought" => -1,
        _ => 0,
    };
}

/// <summary>The same before the agreement has its say.</summary>
/// <param name="Store">The partner's own store, where it was made in one.</param>
internal readonly record struct ToldPart(SettledPart Part, string? Store = null);

/// <summary>The ledger's facts that move money, and how.</summary>
internal static class SettlementForms
{
    private static readonly Dictionary<string, Func<JsonElement, IEnumerable<ToldPart>>> Known = new(StringComparer.Ordinal)
    {
        ["points-accrued"] = fact => Issued(fact, "issue", fact.Part("Terms").Number("AgreementVersion")),
        ["purchase-reversed"] = fact => Issued(fact, "issue-reversal", fact.Number("AgreementVersion")),
        ["points-adjusted"] = fact => [new(Adjusted(fact))],
        ["points-redeemed"] = fact => [Accepted(fact, "acceptance"), .. Drawn(fact, "funding", Month(fact))],
        ["redemption-reversed"] = fact => [Accepted(fact, "acceptance-reversal"), .. Drawn(fact, "funding-reversal", Month(fact))],
        ["points-expired"] = fact => Drawn(fact, "breakage", MonthOf(fact, "RecordedAt")),
    };

    public static string[] Types { get; } = [.. Known.Keys];

    public static List<ToldPart> Of(string type, JsonElement fact) => [.. Known[type](fact)];

    // To each issuer it is one transaction under each of its agreements, however many offers took part; to the seller even without points.
    private static IEnumerable<ToldPart> Issued(JsonElement fact, string kind, long agreement)
    {
        var seller = fact.Part("Transaction").Id("Partner");
        return fact.Items("Awards")
            .Select(award => (Issuer: award.Id("Issuer"), Agreement: award.Number("AgreementVersion"), Points: award.Number("Points")))
            .Prepend((Issuer: seller, Agreement: agreement, Points: fact.Number("Points")))
            .GroupBy(part => (part.Issuer, part.Agreement))
            .Select(g => new ToldPart(
                new(kind, g.Key.Issuer, (int)g.Key.Agreement, g.Sum(part => part.Points), Month(fact)), g.Key.Issuer == seller ? fact.Text("Store") : null));
    }

    private static ToldPart Accepted(JsonElement fact, string kind) =>
        new(new(kind, FactForms.Redeemer(fact), (int)fact.Number("AgreementVersion"), fact.Number("Points"), Month(fact)), fact.Text("Store"));

    private static IEnumerable<ToldPart> Drawn(JsonElement fact, string kind, DateOnly month) => fact.Items("Draws")
        .Select(draw => (Points: draw.Number("Points"), From: draw.Part("From")))
        .GroupBy(draw => (Issuer: draw.From.Id("Issuer"), Agreement: draw.From.Number("AgreementVersion")))
        .Select(g => new ToldPart(new(kind, g.Key.Issuer, (int)g.Key.Agreement, g.Sum(draw => draw.Points), month)));

    private static SettledPart Adjusted(JsonElement fact)
    {
        var points = fact.Number("Points");
        return new(points > 0 ? "issue" : "issue-reversal", fact.Id("Issuer"), (int)fact.Number("AgreementVersion"), Math.Abs(points), MonthOf(fact));
    }

    private static DateOnly Month(JsonElement fact) => MonthOf(fact.Part("Transaction"));

    private static DateOnly MonthOf(JsonElement dated, string member = "OccurredAt")
    {
        var at = dated.Time(member).UtcDateTime;
        return new(at.Year, at.Month, 1);
    }
}
