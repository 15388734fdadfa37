using System.Text.Json.Nodes;

namespace Loyalty.Journeys.Tests;

/// <summary>What a partner's statement of a closed cycle says; money in cents, brought and carried forward in the partner's favour.</summary>
internal sealed record ClosedStatement(string Partner, long Issued, long Redeemed, long OwesCents, long IsOwedCents, long BroughtForwardCents, long CarriedForwardCents);

/// <summary>Closes clearing cycles as the coalition's two operators.</summary>
internal sealed class ClosedCycles(Coalition coalition)
{
    private readonly ApiClient maker = coalition.Client("operator", coalition.OperatorSecret);
    private readonly ApiClient checker = coalition.Client("approver", coalition.ApproverSecret);

    /// <summary>Closes a cycle, which must net to zero, and reads everybody's statement.</summary>
    public async Task<IReadOnlyList<ClosedStatement>> Close(string cycle)
    {
        (await maker.Post(Url($"{cycle}/closing"), new { })).Accepted();
        (await checker.Post(Url($"{cycle}/closing/approval"), new { })).Accepted();
        JsonNode closed = null!;
        await Eventually.Holds(async () =>
        {
            closed = (await maker.Get(Url(cycle))).Accepted().Body;
            closed["preliminary"]!.GetValue<bool>().ShouldBeFalse();
        });

        var netting = closed["currencies"]!.AsArray().ShouldHaveSingleItem()!;
        var positions = netting["positions"]!.AsArray();
        (positions.Sum(p => Cents(p!["net"])) + Cents(netting["coalition"])).ShouldBe(0);
        Cents(netting["total"]).ShouldBe(0);
        var statements = new List<ClosedStatement>();
        foreach (var position in positions)
        {
            var statement = (await maker.Get(Url($"{cycle}/statements/{position!["partner"]}"))).Accepted().Body;
            statements.Add(new(
                statement["name"]!.GetValue<string>(), statement["points"]!["issued"]!.GetValue<long>(), statement["points"]!["redeemed"]!.GetValue<long>(),
                Cents(position["owes"]), Cents(position["owed"]), Cents(statement["broughtForward"]), Cents(statement["carriedForward"])));
        }

        return statements;
    }

    private Uri Url(string path) => new(coalition.UrlOf(Coalition.Partners), "v1/clearing/cycles/" + path);

    private static long Cents(JsonNode? money) => (long)(money!["amount"]!.GetValue<decimal>() * 100);
}
