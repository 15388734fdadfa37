using System.Text.Json;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(RunningLedger))]
public class ChoosingGoals(RunningLedger ledger)
{
    private readonly Till till = ledger.Till(ledger.Grocery);
    private readonly Catalogue catalogue = new(ledger);

    [Fact]
    public async Task tells_tills_and_balances_what_is_missing()
    {
        var (reward, member) = (await catalogue.Listed(cost: 100, stock: 1), await ledger.EnrolWith(30));
        var before = (await till.Get($"/v1/accounts/{member.Id}/balance")).ShouldBe(200);
        before.Json.TryGetProperty("goal", out _).ShouldBeFalse();

        Goal((await Choose(member, reward)).ShouldBe(200)).ShouldBe((reward, 100, 70));

        var balance = await till.Get($"/v1/accounts/{member.Id}/balance", before.Headers.ETag!.Tag);
        Goal(balance.ShouldBe(200)).ShouldBe((reward, 100, 70));
        Goal((await till.Buy(member, 69)).ShouldBe(201)).ShouldBe((reward, 100, 1));
        Goal((await till.Buy(member, 500)).ShouldBe(201)).ShouldBe((reward, 100, 0));
        Goal(await till.Get($"/v1/cards/{member.Card}/balance")).ShouldBe((reward, 100, 0));
    }

    [Fact]
    public async Task again_alike_changes_nothing_and_another_one_replaces_it()
    {
        var (reward, other, member) = (await catalogue.Listed(cost: 100), await catalogue.Listed(cost: 10), await ledger.EnrolWith(30));
        var version = (await Choose(member, reward)).ShouldBe(200).Number("version");
        (await Choose(member, reward)).ShouldBe(200).Number("version").ShouldBe(version);
        Goal((await Choose(member, other)).ShouldBe(200)).ShouldBe((other, 10, 0));
    }

    [Fact]
    public async Task ends_when_it_is_dropped_or_claimed()
    {
        var (reward, member) = (await catalogue.Listed(cost: 10), await ledger.EnrolWith(30));
        (await Choose(member, reward)).ShouldBe(200);
        var dropped = (await catalogue.Operator.Delete($"/v1/accounts/{member.Id}/goal")).ShouldBe(200);
        dropped.Json.GetProperty("goal").ValueKind.ShouldBe(JsonValueKind.Null);
        (await catalogue.Operator.Delete($"/v1/accounts/{member.Id}/goal")).ShouldBe(200).Number("version").ShouldBe(dropped.Number("version"));

        (await Choose(member, reward)).ShouldBe(200);
        (await catalogue.Claim(till, reward, member)).ShouldBe(201);
        (await till.Get($"/v1/accounts/{member.Id}/balance")).Json.TryGetProperty("goal", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task is_refused_for_what_does_not_exist()
    {
        var (reward, member) = (await catalogue.Listed(cost: 10), await ledger.EnrolWith(1));
        (await Choose(member, "no-such-reward")).ShouldBeRefused(404, "unknown-reward");
        (await Choose(member with { Id = Guid.NewGuid() }, reward)).ShouldBeRefused(404, "account-closed");
        (await till.Put($"/v1/accounts/{member.Id}/goal", new { reward })).ShouldBeRefused(403, "insufficient-scope");
        (await catalogue.Operator.Put($"/v1/accounts/{member.Id}/goal", new { })).ShouldBeRefused(400, "malformed-request");
        (await catalogue.Operator.Post($"/v1/rewards/{reward}/withdrawal", new { })).ShouldBe(200);
        (await Choose(member, reward)).ShouldBeRefused(422, "reward-not-available");
    }

    private Task<Answer> Choose(Member member, string reward) => catalogue.Operator.Put($"/v1/accounts/{member.Id}/goal", new { reward });

    private static (string?, long, long) Goal(Answer answer)
    {
        var goal = answer.Json.GetProperty("goal");
        return (goal.GetProperty("reward").GetString(), goal.GetProperty("cost").GetInt64(), goal.GetProperty("missing").GetInt64());
    }
}
