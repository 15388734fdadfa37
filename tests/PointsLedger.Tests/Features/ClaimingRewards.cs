using System.Text.Json;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(RunningLedger))]
public class ClaimingRewards(RunningLedger ledger)
{
    private readonly Till till = ledger.Till(ledger.Fuel);
    private readonly Catalogue catalogue = new(ledger);

    [Fact]
    public async Task spends_points_and_hands_out_one_voucher_once()
    {
        var (reward, member) = (await catalogue.Listed(cost: 60, stock: 2), await ledger.EnrolWith(100));
        var request = new { transactionId = ledger.NewId(), card = member.Card, store = "MAIN", occurredAt = Till.Now };

        var claimed = (await till.Post($"/v1/rewards/{reward}/claims", request)).ShouldBe(201);

        (claimed.Number("points"), claimed.Number("balance"), claimed.Text("reward")).ShouldBe((60, 40, reward));
        claimed.Text("voucher")!.Length.ShouldBe(16);
        for (var i = 0; i < 3; i++) (await till.Post($"/v1/rewards/{reward}/claims", request)).Body.ShouldBe(claimed.Body);
        (await till.Post($"/v1/rewards/{reward}/claims", request with { store = null! })).ShouldBeRefused(422, "transaction-differs");
        (await till.Redeem(member, 60, request.transactionId)).ShouldBeRefused(422, "transaction-differs");
        (await catalogue.Show(reward)).Number("stockLeft").ShouldBe(1);
        (await till.Balance(member)).ShouldBe(40);
        (await till.Get($"/v1/transactions/{request.transactionId}")).ShouldBe(200).Text("kind").ShouldBe("redemption");
    }

    [Fact]
    public async Task of_the_last_one_at_once_serves_one_member_and_costs_nobody_else_anything()
    {
        var reward = await catalogue.Listed(cost: 10, stock: 1);
        var members = new List<Member>();
        for (var i = 0; i < 20; i++) members.Add(await ledger.EnrolWith(10));

        var answers = await Task.WhenAll(members.Select(m => catalogue.Claim(till, reward, m)));

        answers.Count(a => a.Status == 201).ShouldBe(1);
        foreach (var lost in answers.Where(a => a.Status != 201)) lost.ShouldBeRefused(422, "out-of-stock");
        var balances = await Task.WhenAll(members.Select(till.Balance));
        balances.Order().ShouldBe([0, .. Enumerable.Repeat(10L, 19)]);
        var shown = await catalogue.Show(reward);
        (shown.Number("stockLeft"), shown.Json.GetProperty("outOfStock").GetBoolean()).ShouldBe((0, true));
    }

    [Fact]
    public async Task under_one_id_at_once_takes_one_voucher()
    {
        var (reward, member) = (await catalogue.Listed(cost: 10, stock: 50), await ledger.EnrolWith(500));
        var (id, at) = (ledger.NewId(), Till.Now);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => catalogue.Claim(till, reward, member, id, at)));

        answers.Select(a => a.Body).Distinct().ShouldHaveSingleItem();
        answers[0].ShouldBe(201);
        (await catalogue.Show(reward)).Number("stockLeft").ShouldBe(49);
        (await till.Balance(member)).ShouldBe(490);
    }

    [Fact]
    public async Task by_one_member_at_once_never_overspends_nor_exceeds_the_limit()
    {
        var (reward, member) = (await catalogue.Listed(cost: 10, stock: null, limitPerMember: 3), await ledger.EnrolWith(45));
        var other = await catalogue.Listed(cost: 10, stock: null);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => catalogue.Claim(till, reward, member)));
        answers.Count(a => a.Status == 201).ShouldBe(3);
        foreach (var beyond in answers.Where(a => a.Status != 201)) beyond.ShouldBeRefused(422, "reward-limit-reached");
        answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => catalogue.Claim(till, other, member)));

        answers.Count(a => a.Status == 201).ShouldBe(1);
        foreach (var beyond in answers.Where(a => a.Status != 201)) beyond.ShouldBeRefused(422, "insufficient-points");
        (await till.Balance(member)).ShouldBe(5);
    }

    [Fact]
    public async Task goes_on_beside_purchases_of_the_same_member()
    {
        var (reward, member) = (await catalogue.Listed(cost: 10, stock: null), await ledger.EnrolWith(100));

        var claims = Enumerable.Range(0, 5).Select(_ => catalogue.Claim(till, reward, member));
        var purchases = Enumerable.Range(0, 20).Select(_ => till.Buy(member, 1));

        foreach (var answer in await Task.WhenAll(claims.Concat(purchases))) answer.ShouldBe(201);
        (await till.Balance(member)).ShouldBe(70);
    }

    [Fact]
    public async Task reversed_gives_back_the_points_and_the_voucher_under_a_new_code()
    {
        var (reward, member) = (await catalogue.Listed(cost: 60, stock: 1), await ledger.EnrolWith(60));
        var id = ledger.NewId();
        var claimed = (await catalogue.Claim(till, reward, member, id)).ShouldBe(201);

        (await till.Reverse(id)).ShouldBe(201).Number("balance").ShouldBe(60);

        (await catalogue.Show(reward)).Number("stockLeft").ShouldBe(1);
        (await till.Reverse(id)).ShouldBeRefused(409, "redemption-reversed");
        var again = (await catalogue.Claim(till, reward, member)).ShouldBe(201);
        again.Text("voucher").ShouldNotBe(claimed.Text("voucher"));
    }

    [Fact]
    public async Task reversed_makes_an_uploaded_code_available_again()
    {
        var (reward, code) = (await catalogue.Listed(cost: 10, codes: "uploaded"), catalogue.NewCode());
        (await catalogue.Upload(reward, code)).ShouldBe(201);
        var (member, id) = (await ledger.EnrolWith(10), ledger.NewId());
        (await catalogue.Claim(till, reward, member, id)).ShouldBe(201).Text("voucher").ShouldBe(code);
        (await till.Reverse(id)).ShouldBe(201);

        (await catalogue.Claim(till, reward, member)).ShouldBe(201).Text("voucher").ShouldBe(code);
    }

    [Fact]
    public async Task that_was_reversed_before_it_came_takes_nothing()
    {
        var (reward, member, id) = (await catalogue.Listed(cost: 10, stock: 1), await ledger.EnrolWith(10), ledger.NewId());
        (await till.Reverse(id)).ShouldBe(202);

        (await catalogue.Claim(till, reward, member, id)).ShouldBeRefused(409, "redemption-reversed");

        (await catalogue.Show(reward)).Number("stockLeft").ShouldBe(1);
    }

    [Fact]
    public async Task credits_the_partner_that_delivers_it()
    {
        await ledger.Messages.Observe(typeof(PointsRedeemed), typeof(RedemptionReversed));
        var (reward, member, id) = (await catalogue.Listed(cost: 10, stock: 1), await ledger.EnrolWith(10), ledger.NewId());
        (await catalogue.Claim(till, reward, member, id)).ShouldBe(201);
        (await till.Reverse(id)).ShouldBe(201);

        await Eventually.Holds(() => ledger.Messages.Received.SelectMany(Messages.Read<RedemptionReversed>).Any(e => e.AccountId == member.Id));

        var told = ledger.Messages.Received.SelectMany(Messages.Read<PointsRedeemed>).First(e => e.AccountId == member.Id);
        (told.PartnerId, told.Points).ShouldBe((ledger.Grocery.Id, 10));
        told.TransactionId.ShouldStartWith("voucher:");
        var undone = ledger.Messages.Received.SelectMany(Messages.Read<RedemptionReversed>).Single(e => e.AccountId == member.Id);
        (undone.PartnerId, undone.RedemptionId).ShouldBe((ledger.Grocery.Id, told.TransactionId));
    }

    [Fact]
    public async Task is_refused_where_nothing_can_be_had()
    {
        var member = await ledger.EnrolWith(10);
        (await catalogue.Claim(till, "no-such-reward", member)).ShouldBeRefused(404, "unknown-reward");
        var reward = await catalogue.Listed(cost: 11, stock: 1);
        (await catalogue.Claim(till, reward, member)).ShouldBeRefused(422, "insufficient-points");
        (await catalogue.Claim(till, reward, member, store: "NOWHERE")).ShouldBeRefused(422, "unknown-store");
        (await catalogue.Claim(till, reward, member with { Card = RunningLedger.WithLuhn("627648099999999") })).ShouldBeRefused(404, "unknown-card");
        (await catalogue.Claim(till, reward, member with { Card = "123" })).ShouldBeRefused(422, "invalid-request");
        (await catalogue.Claim(ledger.Till(ledger.Fuel, "ledger.post"), reward, member)).ShouldBeRefused(403, "insufficient-scope");
        (await catalogue.Operator.Post($"/v1/rewards/{reward}/withdrawal", new { })).ShouldBe(200);
        (await catalogue.Claim(till, reward, member)).ShouldBeRefused(422, "reward-not-available");
    }
}

/// <summary>The operators' side of rewards, which the grocery delivers.</summary>
internal sealed class Catalogue(RunningLedger ledger)
{
    public Till Operator { get; } = ledger.Bearing(ledger.Tokens.Operator("rewards.manage", "ledger.goal", "ledger.read"));

    public string NewReward() => "reward-" + ledger.NewId();

    public string NewCode() => "GIFT-" + ledger.NewId();

    public async Task<string> Listed(long cost, int? stock = null, string codes = "generated", int? limitPerMember = null, int? voucherDays = null)
    {
        var id = NewReward();
        (await List(id, new { name = "Headphones", partnerId = ledger.Grocery.Id, cost, codes, stock, limitPerMember, voucherDays })).ShouldBe(201);
        return id;
    }

    public Task<Answer> List(string id, object terms) => Operator.Put($"/v1/rewards/{id}", terms);

    public Task<Answer> Show(string id) => Operator.Get($"/v1/rewards/{id}");

    public Task<Answer> Upload(string id, params string[] codes) =>
        Operator.PostText($"/v1/rewards/{id}/codes", JsonSerializer.Serialize(new { codes }), ledger.NewId());

    public Task<Answer> Claim(Till till, string reward, Member member, string? id = null, string? at = null, string? store = null) =>
        till.Post($"/v1/rewards/{reward}/claims", new { transactionId = id ?? ledger.NewId(), card = member.Card, store, occurredAt = at ?? Till.Now });
}
