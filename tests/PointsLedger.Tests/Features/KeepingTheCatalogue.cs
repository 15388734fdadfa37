using System.Globalization;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(RunningLedger))]
public class KeepingTheCatalogue(RunningLedger ledger)
{
    private readonly Catalogue catalogue = new(ledger);

    [Fact]
    public async Task lists_a_reward_once_and_versions_its_terms()
    {
        var id = catalogue.NewReward();
        var terms = new { name = "Headphones", partnerId = ledger.Grocery.Id, cost = 500, codes = "generated", stock = 3, until = "2099-01-01T00:00:00+01:00", voucherDays = 90 };
        (await catalogue.List(id, terms)).ShouldBe(201).Number("version").ShouldBe(1);
        (await catalogue.List(id, terms)).ShouldBe(200).Number("version").ShouldBe(1);
        (await catalogue.List(id, terms with { cost = 450 })).ShouldBe(201).Number("version").ShouldBe(2);
        (await catalogue.List(id, terms with { stock = 4 })).ShouldBeRefused(409, "reward-differs");
        (await catalogue.List(id, terms with { partnerId = ledger.Fuel.Id })).ShouldBeRefused(409, "reward-differs");

        var shown = (await catalogue.Show(id)).ShouldBe(200);
        (shown.Number("cost"), shown.Number("stockLeft"), shown.Number("version"), shown.Text("until")).ShouldBe((450, 3, 2, "2098-12-31T23:00:00+00:00"));
    }

    [Fact]
    public async Task refuses_what_is_no_reward()
    {
        var (id, good) = (catalogue.NewReward(), new { name = "A", partnerId = ledger.Grocery.Id, cost = 1m, codes = "generated" });
        (await catalogue.List("UPPER", good)).ShouldBeRefused(422, "invalid-request");
        (await catalogue.List(new string('a', 41), good)).ShouldBeRefused(422, "invalid-request");
        (await catalogue.List(id, good with { cost = 0 })).ShouldBeRefused(422, "invalid-request");
        (await catalogue.List(id, good with { cost = 1.5m })).ShouldBe(422);
        (await catalogue.List(id, good with { codes = "guessed" })).ShouldBeRefused(422, "invalid-request");
        (await catalogue.List(id, good with { name = "a\u0007" })).ShouldBeRefused(422, "invalid-request");
        (await catalogue.List(id, good with { partnerId = Guid.NewGuid() })).ShouldBeRefused(422, "unknown-partner");
        (await catalogue.List(id, new { good.name, good.partnerId, good.cost, codes = "uploaded", stock = 1 })).ShouldBeRefused(422, "invalid-request");
        (await catalogue.List(id, new { good.name, good.partnerId, good.cost, good.codes, free = true })).ShouldBeRefused(400, "malformed-request");
        (await catalogue.List(id, new { good.name, good.partnerId, good.cost, good.codes, from = "2027-01-02T00:00:00Z", until = "2027-01-02T00:00:00Z" })).ShouldBeRefused(422, "invalid-request");
        (await catalogue.Show(id)).ShouldBeRefused(404, "not-found");
        (await ledger.Till(ledger.Grocery).Put($"/v1/rewards/{id}", good)).ShouldBeRefused(403, "insufficient-scope");
    }

    [Fact]
    public async Task adds_to_a_stock_once()
    {
        var (id, key) = (await catalogue.Listed(cost: 1, stock: 0), ledger.NewId());
        (await catalogue.Show(id)).Json.GetProperty("outOfStock").GetBoolean().ShouldBeTrue();
        for (var i = 0; i < 2; i++) (await catalogue.Operator.PostText($"/v1/rewards/{id}/stock", """{"vouchers":1000}""", key)).ShouldBe(201);
        (await catalogue.Show(id)).Number("stockLeft").ShouldBe(1000);
        (await catalogue.Operator.PostText($"/v1/rewards/{id}/stock", """{"vouchers":1}""")).ShouldBeRefused(400, "malformed-request");
        (await catalogue.Operator.PostText($"/v1/rewards/{id}/stock", """{"vouchers":0}""", ledger.NewId())).ShouldBeRefused(422, "invalid-request");
        (await catalogue.Operator.PostText($"/v1/rewards/{id}/stock", """{"vouchers":10001}""", ledger.NewId())).ShouldBeRefused(422, "invalid-request");
        (await catalogue.Operator.PostText("/v1/rewards/nothing/stock", """{"vouchers":1}""", ledger.NewId())).ShouldBeRefused(404, "unknown-reward");
        (await catalogue.Upload(id, "GIFT-1")).ShouldBeRefused(422, "supplied-otherwise");
    }

    [Fact]
    public async Task takes_ten_thousand_codes_at_once_and_each_of_them_only_once()
    {
        var (id, prefix) = (await catalogue.Listed(cost: 1, codes: "uploaded"), catalogue.NewCode());
        string[] codes = [.. Enumerable.Range(0, 10_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{i:D6}"))];

        (await catalogue.Upload(id, codes)).ShouldBe(201).Number("vouchers").ShouldBe(10_000);

        (await catalogue.Show(id)).Number("stockLeft").ShouldBe(10_000);
        (await catalogue.Upload(id, prefix + "-new", codes[17])).ShouldBeRefused(409, "code-taken");
        (await catalogue.Upload(await catalogue.Listed(cost: 1, codes: "uploaded"), codes[17])).ShouldBeRefused(409, "code-taken");
        (await catalogue.Upload(id, "TWICE-1", "TWICE-1")).ShouldBeRefused(422, "invalid-request");
        (await catalogue.Upload(id, "ab")).ShouldBeRefused(422, "invalid-request");
        (await catalogue.Upload(id, "../../etc")).ShouldBeRefused(422, "invalid-request");
        (await catalogue.Upload(id)).ShouldBeRefused(422, "invalid-request");
        (await catalogue.Upload(id, [.. codes, "one-more"])).ShouldBeRefused(422, "invalid-request");
        (await catalogue.Show(id)).Number("stockLeft").ShouldBe(10_000);
    }

    [Fact]
    public async Task of_two_uploads_of_one_code_at_once_takes_one()
    {
        var code = catalogue.NewCode();
        string[] rewards = [await catalogue.Listed(cost: 1, codes: "uploaded"), await catalogue.Listed(cost: 1, codes: "uploaded")];

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => catalogue.Upload(rewards[i % 2], code)));

        answers.Select(a => a.Status).Order().ShouldBe([201, 409, 409, 409, 409, 409]);
    }

    [Fact]
    public async Task shows_how_fast_a_reward_goes_and_how_long_it_lasts()
    {
        var (id, member) = (await catalogue.Listed(cost: 1, stock: 10), await ledger.EnrolWith(10));
        for (var i = 0; i < 7; i++) (await catalogue.Claim(ledger.Till(ledger.Fuel), id, member)).ShouldBe(201);

        var shown = (await catalogue.Show(id)).Json;

        shown.GetProperty("claimedPerDay7").GetDecimal().ShouldBe(1m);
        shown.GetProperty("claimedPerDay30").GetDecimal().ShouldBe(0.23m);
        shown.GetProperty("daysOfStockLeft").GetDecimal().ShouldBe(3m);
        await ledger.Tamper($"update vouchers set claimed_at = claimed_at - interval '8 days' where reward_id = '{id}' and state = 'claimed'");
        shown = (await catalogue.Show(id)).Json;
        (shown.GetProperty("claimedPerDay7").GetDecimal(), shown.GetProperty("daysOfStockLeft").GetDecimal()).ShouldBe((0m, 12.9m));
    }

    [Fact]
    public async Task pages_through_what_is_offered_now()
    {
        string[] offered = [await catalogue.Listed(cost: 1, stock: 0), await catalogue.Listed(cost: 1), await catalogue.Listed(cost: 1, codes: "uploaded")];
        var (withdrawn, future) = (await catalogue.Listed(cost: 1), catalogue.NewReward());
        (await catalogue.Operator.Post($"/v1/rewards/{withdrawn}/withdrawal", new { })).ShouldBe(200).Json.GetProperty("withdrawn").GetBoolean().ShouldBeTrue();
        (await catalogue.List(future, new { name = "A", partnerId = ledger.Grocery.Id, cost = 1, codes = "generated", from = "2099-01-01T00:00:00Z" })).ShouldBe(201);

        var listed = new List<string>();
        for (var (path, pages) = ("/v1/rewards?limit=2", 0); ; pages++)
        {
            var page = (await ledger.Till(ledger.Fuel).Get(path)).ShouldBe(200);
            listed.AddRange(page.Json.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("id").GetString()!));
            if (page.Text("next") is not { } next) break;
            pages.ShouldBeLessThan(1000);
            path = $"/v1/rewards?limit=2&cursor={next}";
        }

        listed.ShouldBe(listed.Distinct().Order(StringComparer.Ordinal));
        listed.Intersect(offered).Count().ShouldBe(3);
        listed.ShouldNotContain(withdrawn);
        listed.ShouldNotContain(future);
        (await catalogue.Show(future)).Json.GetProperty("available").GetBoolean().ShouldBeFalse();
    }
}
