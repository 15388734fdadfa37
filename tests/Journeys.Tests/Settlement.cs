using System.Text.Json.Nodes;

namespace Loyalty.Journeys.Tests;

/// <summary>What one partner's settlement says, all months together.</summary>
internal sealed record Position(long Issued, long Redeemed, decimal Owes, decimal IsOwed, decimal Net);

/// <summary>Reads the settlement of all partners and months as CoalitionPartners answers it.</summary>
internal static class Settlement
{
    public static Position PositionOf(JsonNode settlements, string partner)
    {
        var lines = Months(settlements).SelectMany(month => month["partners"]!.AsArray()).Where(line => line!["code"]!.GetValue<string>() == partner).ToList();
        return new Position(
            lines.Sum(line => line!["pointsIssued"]!.GetValue<long>()), lines.Sum(line => line!["pointsRedeemed"]!.GetValue<long>()),
            lines.Sum(line => Amount(line!["owes"])), lines.Sum(line => Amount(line!["owed"])), lines.Sum(line => Amount(line!["net"])));
    }

    /// <summary>What all partners and the coalition come to, month by month and currency by currency.</summary>
    public static IEnumerable<decimal> NetsOfAll(JsonNode settlements) => Months(settlements)
        .Select(month => month["partners"]!.AsArray().Sum(line => Amount(line!["net"])) + Amount(month["coalition"]!["net"]));

    /// <summary>All partners' lines except those of one.</summary>
    public static IReadOnlyList<string> Without(JsonNode settlements, string partner) => [.. Months(settlements)
        .SelectMany(month => month["partners"]!.AsArray().Select(line => (month, line: line!)))
        .Where(entry => entry.line["code"]!.GetValue<string>() != partner)
        .Select(entry => $"{entry.month["month"]} {entry.month["currency"]} {entry.line.ToJsonString()}")];

    private static IEnumerable<JsonNode> Months(JsonNode settlements) => settlements["settlement"]!.AsArray().Select(month => month!);

    private static decimal Amount(JsonNode? money) => money!["amount"]!.GetValue<decimal>();
}
