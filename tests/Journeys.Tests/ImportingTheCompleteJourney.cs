using System.Globalization;
using System.Text.Json.Nodes;

namespace Loyalty.Journeys.Tests;

/// <summary>
/// Real purchases, posted as tills post them, come to the totals that the files alone give. All 2,377 households are imported
/// where LOYALTY_FULL_IMPORT=1 is set, the first 150 otherwise.
/// </summary>
[Collection(RunningCoalition.Name)]
public sealed class ImportingTheCompleteJourney(Coalition coalition)
{
    private static readonly int? Households = Environment.GetEnvironmentVariable("LOYALTY_FULL_IMPORT") == "1" ? null : 150;

    // Both tests look at one import: interrupted, completed and repeated.
    private static Task<(CountedByHand Counted, JsonNode Totals, JsonNode Again)>? imported;

    [Fact]
    public async Task comes_to_the_same_totals_as_counting_by_hand_also_when_it_was_interrupted_and_when_it_is_repeated()
    {
        var (counted, totals, again) = await (imported ??= ImportAll());
        Number(totals, "households").ShouldBe(counted.Households);
        Number(totals, "purchases").ShouldBe(counted.Purchases);
        totals["amount"]!.GetValue<decimal>().ShouldBe(counted.Amount);
        Number(totals, "pointsAccrued").ShouldBe(counted.PointsAccrued);
        Number(totals, "pointsRedeemed").ShouldBe(counted.PointsRedeemed);
        Number(totals, "refusedRedemptions").ShouldBe(counted.RefusedRedemptions);
        Number(totals, "sumOfBalances").ShouldBe(counted.SumOfBalances);
        totals["netOfAll"]!.GetValue<decimal>().ShouldBe(0m);
        Months(totals).ShouldBe(counted.Months);

        foreach (var member in new[] { "seconds", "purchasesPerSecond", "requestsRepeated" })
        {
            totals.AsObject().Remove(member);
            again.AsObject().Remove(member);
        }

        again.ToJsonString().ShouldBe(totals.ToJsonString());
    }

    [Fact]
    public async Task clears_cycle_by_cycle_to_what_counting_by_hand_comes_to()
    {
        var (counted, _, _) = await (imported ??= ImportAll());
        var clearing = new ClosedCycles(coalition);
        var months = counted.Months.GroupBy(m => m.Month).OrderBy(m => m.Key, StringComparer.Ordinal).ToList();
        var forward = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var month in months)
        {
            var statements = await clearing.Close(month.Key);
            var expected = month.ToDictionary(m => m.Partner, m => (m.Issued, m.Redeemed, m.OwesCents, m.IsOwedCents));
            foreach (var partner in month.Select(m => m.Partner).Union(forward.Keys).ToList())
            {
                var (issued, redeemed, owes, owed) = expected.GetValueOrDefault(partner);
                var before = forward.GetValueOrDefault(partner);
                forward[partner] = before + owed - owes;
                var statement = new ClosedStatement(partner, issued, redeemed, owes, owed, before, forward[partner]);
                if (statement != new ClosedStatement(partner, 0, 0, 0, 0, 0, 0))
                    statements.ShouldContain(statement);
            }
        }

        var last = await CommandLine.Run(coalition, "clear", months[^1].Key);
        last.ExitCode.ShouldBe(0, last.ToString());
        last.Output.ShouldContain($"Cycle {months[^1].Key} nets to 0.00");
    }

    private async Task<(CountedByHand Counted, JsonNode Totals, JsonNode Again)> ImportAll()
    {
        var folder = TestData.Folder("complete-journey");
        var before = await coalition.FactsInTheLedger();
        await CommandLine.RunAndKill(coalition, async () => await coalition.FactsInTheLedger() > before + 500, Arguments(folder, null));
        return (new CountedByHand(folder, Households), await Import(folder), await Import(folder));
    }

    private async Task<JsonNode> Import(string folder)
    {
        var file = Path.Combine(Path.GetTempPath(), $"loyalty-import-{Environment.ProcessId}.json");
        try
        {
            var run = await CommandLine.Run(coalition, Arguments(folder, file));
            run.ExitCode.ShouldBe(0, run.ToString());
            return JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string[] Arguments(string folder, string? json) =>
    [
        "import", "complete-journey", folder,
        .. json is null ? Array.Empty<string>() : ["--json", json],
        .. Households is { } households ? new[] { "--households", households.ToString(CultureInfo.InvariantCulture) } : [],
    ];

    private static long Number(JsonNode totals, string member) => totals[member]!.GetValue<long>();

    private static IEnumerable<CountedMonth> Months(JsonNode totals) => totals["settlement"]!.AsArray()
        .Select(line => new CountedMonth(
            line!["name"]!.GetValue<string>(), line["month"]!.GetValue<string>(), Number(line, "pointsIssued"), Number(line, "pointsRedeemed"),
            (long)(line["owes"]!.GetValue<decimal>() * 100), (long)(line["isOwed"]!.GetValue<decimal>() * 100)))
        .OrderBy(month => (month.Partner, month.Month));
}
