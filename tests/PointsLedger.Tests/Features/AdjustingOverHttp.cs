using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(RunningLedger))]
public class AdjustingOverHttp(RunningLedger ledger)
{
    private readonly Till maker = ledger.Operator($"maker-{Guid.NewGuid():N}", "ledger.adjust");
    private readonly Till checker = ledger.Operator("bert", "ledger.approve", "ledger.read", "settlement.read");

    [Fact]
    public async Task takes_effect_with_the_second_operators_word_and_only_once()
    {
        var member = await ledger.EnrolWith(10);
        var till = ledger.Till(ledger.Grocery);
        var body = Body(member, 500, ledger.NewId());
        var proposed = (await maker.Post("/v1/adjustments", body)).ShouldBe(201);
        (await maker.Post("/v1/adjustments", body)).ShouldBe(201).Body.ShouldBe(proposed.Body);
        proposed.Headers.Location!.ToString().ShouldBe($"/v1/adjustments/{Id(proposed)}");
        proposed.Text("status").ShouldBe("proposed");
        (await till.Balance(member)).ShouldBe(10);

        var approved = (await checker.Post($"/v1/adjustments/{Id(proposed)}/approval", new { })).ShouldBe(200);
        (approved.Text("status"), approved.Text("checker")).ShouldBe(("approved", "bert"));
        (await till.Balance(member)).ShouldBe(510);
        (await checker.Post($"/v1/adjustments/{Id(proposed)}/approval", new { })).ShouldBe(200).Body.ShouldBe(approved.Body);
        (await checker.Post($"/v1/adjustments/{Id(proposed)}/rejection", new { })).ShouldBeRefused(409, "adjustment-decided");
        (await till.Balance(member)).ShouldBe(510);
        (await till.Redeem(member, 510)).ShouldBe(201);
        (await checker.Get($"/v1/adjustments/{Id(proposed)}")).ShouldBe(200).Body.ShouldBe(approved.Body);
    }

    [Fact]
    public async Task takes_points_away_and_leaves_debt()
    {
        var member = await ledger.EnrolWith(10);
        var till = ledger.Till(ledger.Grocery);
        (await Approve(member, -30)).ShouldBe(200);
        var balance = (await till.Get($"/v1/accounts/{member.Id}/balance")).ShouldBe(200);
        (balance.Number("balance"), balance.Number("debt")).ShouldBe((0, 20));
        (await till.Buy(member, 25)).ShouldBe(201).Number("balance").ShouldBe(5);
        var line = (await checker.Get($"/v1/accounts/{member.Id}/history")).ShouldBe(200).Json.GetProperty("items").EnumerateArray().Single(l => l.GetProperty("type").GetString() == "points-adjusted");
        (line.GetProperty("points").GetInt64(), line.GetProperty("balanceChange").GetInt64()).ShouldBe((-30, -10));
    }

    [Fact]
    public async Task is_seen_by_purchases_that_come_at_the_same_time()
    {
        var member = await ledger.Enrol();
        var till = ledger.Till(ledger.Grocery);
        var proposed = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => maker.Post("/v1/adjustments", Body(member, 100, ledger.NewId()))));
        var work = proposed.SelectMany(p => new[] { Approval(p), Approval(p) }).Concat(Enumerable.Range(0, 40).Select(_ => till.Buy(member, 1)));
        foreach (var answer in await Task.WhenAll(work)) answer.Status.ShouldBeOneOf(200, 201);
        (await till.Balance(member)).ShouldBe(840);
    }

    [Fact]
    public async Task needs_another_operator()
    {
        var member = await ledger.EnrolWith(10);
        var both = ledger.Operator("anna", "ledger.adjust", "ledger.approve");
        var proposed = (await both.Post("/v1/adjustments", Body(member, 5, ledger.NewId()))).ShouldBe(201);
        (await both.Post($"/v1/adjustments/{Id(proposed)}/approval", new { })).ShouldBeRefused(403, "same-person");
        (await maker.Post($"/v1/adjustments/{Id(proposed)}/approval", new { })).ShouldBe(403);
        (await checker.Post("/v1/adjustments", Body(member, 5, ledger.NewId()))).ShouldBe(403);
        (await checker.Post($"/v1/adjustments/{Id(proposed)}/rejection", new { })).ShouldBe(200).Text("status").ShouldBe("rejected");
        (await checker.Post($"/v1/adjustments/{Id(proposed)}/approval", new { })).ShouldBeRefused(409, "adjustment-decided");
        (await ledger.Till(ledger.Grocery).Balance(member)).ShouldBe(10);
    }

    [Fact]
    public async Task keeps_within_the_limits_however_many_are_proposed_at_once()
    {
        var member = await ledger.EnrolWith(10);
        (await maker.Post("/v1/adjustments", Body(member, 100_001, ledger.NewId()))).ShouldBeRefused(422, "adjustment-too-large");
        var answers = await Task.WhenAll(Enumerable.Range(0, 15).Select(i => maker.Post("/v1/adjustments", Body(member, i % 2 == 0 ? 100_000 : -100_000, ledger.NewId()))));
        answers.Count(a => a.Status == 201).ShouldBe(10);
        foreach (var refused in answers.Where(a => a.Status != 201)) refused.ShouldBeRefused(422, "adjustments-used-up");
    }

    [Theory]
    [InlineData("\"points\": 0", 422), InlineData("\"points\": -9223372036854775808", 422), InlineData("\"points\": 1.5", 400), InlineData("\"points\": \"5\"", 400)]
    [InlineData("\"reason\": \"whim\"", 422), InlineData("\"note\": \"\"", 422), InlineData("\"maker\": \"bert\"", 400), InlineData("\"issuer\": \"nobody\"", 400)]
    [InlineData("\"account\": \"00000000-0000-4000-8000-000000000000\"", 404), InlineData("\"issuer\": \"00000000-0000-4000-8000-000000000000\"", 422)]
    public async Task refuses_what_makes_no_sense(string member, int status)
    {
        var someone = await ledger.EnrolWith(1);
        var members = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["account"] = $"\"account\": \"{someone.Id}\"", ["issuer"] = $"\"issuer\": \"{ledger.Grocery.Id}\"", ["points"] = "\"points\": 5", ["reason"] = "\"reason\": \"goodwill\"",
        };
        members[member.Split('"')[1]] = member;
        (await maker.PostText("/v1/adjustments", "{" + string.Join(",", members.Values) + "}", ledger.NewId())).ShouldBe(status);
    }

    [Fact]
    public async Task lists_what_waits_page_by_page()
    {
        var member = await ledger.EnrolWith(1);
        var ids = new List<Guid>();
        for (var i = 1; i <= 5; i++) ids.Add(Id((await maker.Post("/v1/adjustments", Body(member, i, ledger.NewId()))).ShouldBe(201)));
        (await checker.Post($"/v1/adjustments/{ids[1]}/rejection", new { })).ShouldBe(200);
        await Eventually.Holds(async () => (await Waiting()).Intersect(ids).SequenceEqual(ids.Where(id => id != ids[1])));
        (await checker.Get("/v1/adjustments?status=open")).ShouldBe(400);
        (await checker.Get("/v1/adjustments?cursor=forged")).ShouldBe(400);
        (await ledger.Till(ledger.Grocery).Get("/v1/adjustments")).ShouldBe(403);
        (await checker.Get($"/v1/adjustments/{member.Id}")).ShouldBeRefused(404, "unknown-adjustment");
        (await checker.Post($"/v1/adjustments/{member.Id}/approval", new { })).ShouldBeRefused(404, "unknown-adjustment");
    }

    [Fact]
    public async Task keeps_the_issuers_liability_and_the_trial_balance_right()
    {
        var chain = new Partner(Guid.NewGuid(), "ADJ");
        await ledger.Admit(chain);
        var member = await ledger.Enrol();
        (await ledger.Till(chain).Buy(member, 100)).ShouldBe(201);
        (await Approve(member, 50, chain)).ShouldBe(200);
        (await Approve(member, -170, chain)).ShouldBe(200);
        await Eventually.Holds(async () => (await checker.Get("/v1/liability")).ShouldBe(200).Json.GetProperty("issuers").EnumerateArray()
            .Any(i => i.GetProperty("issuer").GetGuid() == chain.Id && i.GetProperty("issued").GetInt64() == 150 && i.GetProperty("reversed").GetInt64() == 170
                && i.GetProperty("owed").GetInt64() == 20 && i.GetProperty("outstanding").GetInt64() == 0));
    }

    private object Body(Member member, long points, string id, Partner? issuer = null) =>
        new { transactionId = id, account = member.Id, issuer = (issuer ?? ledger.Grocery).Id, points, reason = "goodwill", note = "Shop was closed." };

    private async Task<Answer> Approve(Member member, long points, Partner? issuer = null) =>
        await Approval((await maker.Post("/v1/adjustments", Body(member, points, ledger.NewId(), issuer))).ShouldBe(201));

    private Task<Answer> Approval(Answer proposed) => checker.Post($"/v1/adjustments/{Id(proposed)}/approval", new { });

    private static Guid Id(Answer proposed) => proposed.Json.GetProperty("adjustmentId").GetGuid();

    private async Task<List<Guid>> Waiting()
    {
        var (waiting, cursor) = (new List<Guid>(), "");
        do
        {
            var page = (await checker.Get("/v1/adjustments?status=proposed&limit=2" + cursor)).ShouldBe(200).Json;
            waiting.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("adjustmentId").GetGuid()));
            cursor = page.GetProperty("next").GetString() is { } next ? "&cursor=" + next : "";
        }
        while (cursor.Length > 0);
        return waiting;
    }
}
