using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(RunningLedger))]
public class ReadingTheLedger(RunningLedger ledger)
{
    private readonly Till till = ledger.Till(ledger.Grocery);

    [Fact]
    public async Task tells_a_balance_and_cheaply_that_it_has_not_changed()
    {
        var member = await ledger.EnrolWith(10);
        var answer = (await till.Get($"/v1/cards/{member.Barcode}/balance")).ShouldBe(200);
        (answer.Number("balance"), answer.Number("reserved"), answer.Number("debt"), answer.Number("version")).ShouldBe((10, 0, 0, 3));
        var tag = answer.Headers.ETag!.ToString();
        (await till.Get($"/v1/accounts/{member.Id}/balance", tag)).ShouldBe(304).Body.ShouldBeEmpty();
        (await till.Buy(member, 1)).ShouldBe(201);
        (await till.Get($"/v1/accounts/{member.Id}/balance", tag)).ShouldBe(200).Number("balance").ShouldBe(11);
    }

    [Theory]
    [InlineData("/v1/accounts/00000000-0000-4000-8000-000000000000/balance"), InlineData("/v1/accounts/nobody/balance")]
    [InlineData("/v1/accounts/00000000-0000-4000-8000-000000000000/history"), InlineData("/v1/cards/6276480000000001/balance")]
    [InlineData("/v1/transactions/never-used"), InlineData("/v1/transactions/%27%20OR%201%3D1--")]
    public async Task finds_nothing_where_nothing_is(string path) => (await till.Get(path)).ShouldBe(404);

    [Fact]
    public async Task shows_a_partner_its_own_transactions_only()
    {
        var member = await ledger.Enrol();
        var (purchase, refund) = (ledger.NewId(), ledger.NewId());
        (await till.Buy(member, 10.50m, purchase)).ShouldBe(201);
        (await till.Return(purchase, 2, refund)).ShouldBe(201);
        var found = (await till.Get($"/v1/transactions/{refund}")).ShouldBe(200);
        (found.Text("kind"), found.Text("original")).ShouldBe(("return", purchase));
        found.Json.GetProperty("line").GetProperty("amount").ToString().ShouldBe("""{"amount":2,"currency":"EUR"}""");
        (await ledger.Till(ledger.Fuel).Get($"/v1/transactions/{purchase}")).ShouldBe(404);
    }

    [Fact]
    public async Task pages_through_a_history_without_losing_a_line()
    {
        var member = await ledger.EnrolWith(100);
        for (var i = 1; i <= 5; i++) (await ledger.Till(ledger.Fuel).Redeem(member, i)).ShouldBe(201);

        var everything = await Pages(ledger.Operator(), member);
        everything.Select(l => l.GetProperty("version").GetInt64()).ShouldBe(Enumerable.Range(1, 8).Select(v => (long)v));
        everything.Sum(l => l.GetProperty("balanceChange").GetInt64()).ShouldBe(85);
        (await Pages(ledger.Till(ledger.Fuel), member)).Select(l => l.GetProperty("type").GetString()).ShouldBe(Enumerable.Repeat("points-redeemed", 5));
        (await Pages(till, member)).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("limit=0"), InlineData("limit=-1"), InlineData("limit=201"), InlineData("limit=1000000000"), InlineData("limit=x"), InlineData("cursor=forged"), InlineData("cursor=e30")]
    public async Task refuses_forged_pages(string query)
    {
        var member = await ledger.Enrol();
        (await till.Get($"/v1/accounts/{member.Id}/history?{query}")).ShouldBe(400);
    }

    [Fact]
    public async Task sums_up_what_each_issuer_owes_its_members()
    {
        var partner = new Partner(Guid.NewGuid(), "COSMETICS");
        await ledger.Admit(partner);
        var (member, shop) = (await ledger.Enrol(), ledger.Till(partner));
        var (purchase, redemption) = (ledger.NewId(), ledger.NewId());
        (await shop.Buy(member, 100, purchase)).ShouldBe(201);
        (await ledger.Till(ledger.Fuel).Redeem(member, 70, redemption)).ShouldBe(201);
        (await shop.Return(purchase, 50)).ShouldBe(201).Number("debt").ShouldBe(20);
        (await ledger.Till(ledger.Fuel).Reverse(redemption)).ShouldBe(201).Number("balance").ShouldBe(50);

        await Eventually.Holds(async () =>
        {
            var issuer = (await shop.Get("/v1/liability")).ShouldBe(200).Json.GetProperty("issuers").EnumerateArray().ShouldHaveSingleItem();
            string.Join(' ', new[] { "issued", "reversed", "owed", "redeemed", "restored", "repaid", "outstanding" }.Select(m => issuer.GetProperty(m).GetInt64()))
                .ShouldBe("100 50 20 70 70 20 50");
        });
        (await ledger.Operator().Get("/v1/liability")).ShouldBe(200).Json.GetProperty("issuers").GetArrayLength().ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task describes_every_way_to_ask()
    {
        var paths = (await till.Get("/openapi/v1.json")).ShouldBe(200).Json.GetProperty("paths").EnumerateObject().Select(p => p.Name);
        paths.Where(p => p.StartsWith("/v1/", StringComparison.Ordinal)).ShouldBe(
        [
            "/v1/purchases", "/v1/purchases/{purchaseId}/returns", "/v1/redemptions", "/v1/reservations", "/v1/reservations/{reservationId}/capture",
            "/v1/reservations/{reservationId}/release", "/v1/transactions/{id}/reversal", "/v1/transactions", "/v1/transactions/{id}", "/v1/accounts/{id}/balance",
            "/v1/cards/{number}/balance", "/v1/accounts/{id}/history", "/v1/liability",
            "/v1/books/trial-balance", "/v1/accounts/{id}/statements", "/v1/accounts/{id}/statements/{period}", "/v1/accounts/{id}/as-of",
            "/v1/purchases/simulate", "/v1/purchases/{purchaseId}/returns/simulate", "/v1/redemptions/simulate", "/v1/reservations/simulate",
            "/v1/what-ifs", "/v1/what-ifs/{id}",
            "/v1/transfers", "/v1/accounts/{id}/close", "/v1/accounts/{id}/merge", "/v1/accounts/{id}/merge/undo",
            "/v1/pools", "/v1/pools/{poolId}/members", "/v1/pools/{poolId}/members/{account}",
            "/v1/rewards", "/v1/rewards/{id}", "/v1/rewards/{id}/stock", "/v1/rewards/{id}/codes", "/v1/rewards/{id}/withdrawal", "/v1/rewards/{id}/claims",
            "/v1/vouchers/{code}/redemption", "/v1/accounts/{id}/goal",
            "/v1/adjustments", "/v1/adjustments/{id}", "/v1/adjustments/{id}/approval", "/v1/adjustments/{id}/rejection", "/v1/flags",
            "/v1/checkpoints", "/v1/checkpoints/{size}", "/v1/checkpoints/{size}/consistency", "/v1/checkpoints/{size}/inclusion",
        ], ignoreOrder: true);
    }

    private static async Task<List<System.Text.Json.JsonElement>> Pages(Till reader, Member member)
    {
        var lines = new List<System.Text.Json.JsonElement>();
        for (var cursor = ""; ;)
        {
            var page = (await reader.Get($"/v1/accounts/{member.Id}/history?limit=3{cursor}")).ShouldBe(200);
            lines.AddRange(page.Json.GetProperty("items").EnumerateArray());
            if (page.Text("next") is not { } next) return lines;
            cursor = $"&cursor={next}";
        }
    }
}
