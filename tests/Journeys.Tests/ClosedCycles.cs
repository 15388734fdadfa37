using System.Text.Json.Nodes;

namespace Loyalty.Journeys.Tests;

/// <summary>What a partner's statement of a closed cycle says; money in cents, brought and carried forward in the partner's favour.</summary>
internal sealed record ClosedStatement(string Partner, long Issued, long Redeemed, long OwesCents, long IsOwedCents, long BroughtForwardCents, long CarriedForwardCents);

/// <summary>Closes clearing cycles as the coalition's two operators.</summary>
internal sealed class ClosedCycles(Coalition coalition)
{
    private readonly TwoOperators operators = new(coalition);

    /// <summary>Closes a cycle, which must net to zero, and reads everybody's statement.</summary>
    public async Task<IReadOnlyList<ClosedStatement>> Close(string cycle)
    {
        var address = $"v1/clearing/cycles/{cycle}";
        await operators.Agree(address + "/closing", new { }, address + "/closing/approval");
        JsonNode closed = null!;
        await Eventually.Holds(async () =>
        {
            closed = (await operators.Show(address)).Body;
            closed["preliminary"]!.GetValue<bool>().ShouldBeFalse();
        });

        var netting = closed["currencies"]!.AsArray().ShouldHaveSingleItem()!;
        var positions = netting["positions"]!.AsArray();
        (positions.Sum(p => Cents(p!["net"])) + Cents(netting["coalition"])).ShouldBe(0);
        Cents(netting["total"]).ShouldBe(0);
        var statements = new List<ClosedStatement>();
        foreach (var position in positions)
        {
            var statement = (await operators.Show($"{address}/statements/{position!["partner"]}")).Body;
            statements.Add(new(
                statement["name"]!.GetValue<string>(), statement["points"]!["issued"]!.GetValue<long>(), statement["points"]!["redeemed"]!.GetValue<long>(),
                Cents(position["owes"]), Cents(position["owed"]), Cents(statement["broughtForward"]), Cents(statement["carriedForward"])));
        }

        return statements;
    }

    private static long Cents(JsonNode? money) => (long)(money!["amount"]!.GetValue<decimal>() * 100);
}
