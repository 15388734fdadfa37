using System.Text.Json;

namespace Loyalty.Cli.Audit;

/// <summary>What one event of the ledger moves between one partner and the coalition.</summary>
/// <param name="Kind"><c>issue</c>, <c>issue-reversal</c>, <c>acceptance</c> or <c>acceptance-reversal</c>.</param>
/// <param name="Month">The first day of the month in which it happened, in UTC.</param>
internal readonly record struct SettledPart(string Kind, Guid Partner, int Agreement, long Points, DateOnly Month)
{
    public bool IsIssue => Kind.StartsWith("issue", StringComparison.Ordinal);

    public bool IsReversal => Kind.EndsWith("-reversal", StringComparison.Ordinal);
}

/// <summary>The ledger's facts that move money, and how.</summary>
internal static class SettlementForms
{
    private static readonly Dictionary<string, Func<JsonElement, IEnumerable<SettledPart>>> Known = new(StringComparer.Ordinal)
    {
        ["points-accrued"] = fact => Issued(fact, "issue", fact.Part("Terms").Number("AgreementVersion")),
        ["purchase-reversed"] = fact => Issued(fact, "issue-reversal", fact.Number("AgreementVersion")),
        ["points-adjusted"] = fact => [Adjusted(fact)],
        ["points-redeemed"] = fact => [Accepted(fact, "acceptance")],
        ["redemption-reversed"] = fact => [Accepted(fact, "acceptance-reversal")],
    };

    public static string[] Types { get; } = [.. Known.Keys];

    public static List<SettledPart> Of(string type, JsonElement fact) => [.. Known[type](fact)];

    // To each issuer it is one transaction under each of its agreements, however many offers took part; to the seller even without points.
    private static IEnumerable<SettledPart> Issued(JsonElement fact, string kind, long agreement) => fact.Items("Awards")
        .Select(award => (Issuer: award.Id("Issuer"), Agreement: award.Number("AgreementVersion"), Points: award.Number("Points")))
        .Prepend((Issuer: fact.Part("Transaction").Id("Partner"), Agreement: agreement, Points: fact.Number("Points")))
        .GroupBy(part => (part.Issuer, part.Agreement))
        .Select(g => new SettledPart(kind, g.Key.Issuer, (int)g.Key.Agreement, g.Sum(part => part.Points), Month(fact)));

    private static SettledPart Accepted(JsonElement fact, string kind) =>
        new(kind, FactForms.Redeemer(fact), (int)fact.Number("AgreementVersion"), fact.Number("Points"), Month(fact));

    private static SettledPart Adjusted(JsonElement fact)
    {
        var points = fact.Number("Points");
        return new(points > 0 ? "issue" : "issue-reversal", fact.Id("Issuer"), (int)fact.Number("AgreementVersion"), Math.Abs(points), MonthOf(fact));
    }

    private static DateOnly Month(JsonElement fact) => MonthOf(fact.Part("Transaction"));

    private static DateOnly MonthOf(JsonElement dated)
    {
        var occurredAt = dated.Time("OccurredAt").UtcDateTime;
        return new(occurredAt.Year, occurredAt.Month, 1);
    }
}
