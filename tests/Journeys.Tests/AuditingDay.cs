using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Loyalty.Journeys.Tests;

/// <summary>What happens at the tills of a small coalition in which everything happens that an audit looks at.</summary>
internal sealed class AuditingDay(Coalition coalition, HttpClient http)
{
    /// <summary>A member with enough postings for a stored state, and some of every kind.</summary>
    public Member Anna { get; private set; } = null!;

    /// <summary>A member whose card is blocked, besides one that is not.</summary>
    public Member Ben { get; private set; } = null!;

    /// <summary>A member who has done nothing yet.</summary>
    public Member Cleo { get; private set; } = null!;

    // Longer ago than points last, and so long that its month is over and the next one too.
    private static readonly DateTimeOffset LongAgo = DateTimeOffset.UtcNow.AddDays(-70);

    private static string Now => DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture);

    public async Task Live()
    {
        var known = await coalition.Operator.Admit();
        var members = await coalition.Operator.Enrol(known, 7);
        (Anna, Ben, Cleo) = (members[0], members[1], members[2]);
        var (grocery, fuel) = (
            await Open("GROCERY", 1m, new
            {
                funding = new { kind = "split", shareAtIssue = 0.4m }, breakage = "issuer",
                storePrices = new[] { new { group = "all", stores = new[] { "S1" }, issuePrice = 0.0175m, redeemPrice = 0.0085m } },
                feePerTransaction = 0.03m, feePerCycle = 2.5m, minimumPerCycle = 7.77m, vat = new { rate = 19.5m, label = "VAT 19.5%" },
            }),
            await Open("FUEL", 2m, new { funding = new { kind = "prepaid", block = new { points = 50, price = 0.0111m, alertBelow = 20, replenish = true, whenEmpty = "overdraw" } } }));
        await Publish(grocery.Id, fuel.Id);

        await Earn(grocery, fuel);
        await Spend(grocery, fuel);
        await GoBack(grocery, fuel);
        await Merge(grocery, fuel, members[3], members[4]);
        await MergeAndUndo(grocery, members[5], members[6]);
        await Adjust(grocery, members[3]);
        await Prepay(fuel, await Open("CAFE", 1m, new { funding = new { kind = "prepaid", block = new { points = 60, alertBelow = 25, replenish = false, whenEmpty = "refuse" } } }), members[3]);
        await Reconcile(grocery, members[5]);
        await Put("v1/liability/estimates", $$"""
            { "effectiveFrom": "{{LongAgo.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture)}}", "estimates": [{ "issuer": "{{fuel.Id}}", "redemptionRate": 0.85, "pointValue": 0.007 }] }
            """);
        var desk = new AuditingDesk(coalition);
        await desk.ApproveEstimates(version: 1);
        await desk.CloseMonth(LongAgo, "cohorts");
        await desk.CloseTwoCycles(grocery, fuel, () => Accepted(grocery, "v1/purchases", Purchase(Ben, "long-late", 20m, LongAgo)));
        await desk.CloseMonth(LongAgo.AddMonths(1), "late");
        await coalition.Operator.Block(Ben, "stolen");
        await Eventually.Holds(async () => (await Post(grocery, "v1/redemptions", new { transactionId = Till.NextId(), card = Ben.Card, store = "S1", points = 1, occurredAt = Now })).Code.ShouldBe("card-blocked"), TimeSpan.FromSeconds(30));
    }

    private async Task Earn(Shop grocery, Shop fuel)
    {
        await Eventually.Holds(() => Buy(grocery, Anna, "known-terms", 10m), TimeSpan.FromSeconds(30));
        await Eventually.Holds(() => Buy(fuel, Anna, "known-fuel", 10m), TimeSpan.FromSeconds(30));
        await Eventually.Holds(async () => (await Buy(grocery, Anna, Till.NextId(), 10m)).Text.ShouldContain("shared"), TimeSpan.FromSeconds(30));
        // Their points lapsed after a month, so they expire with the next posting.
        await Accepted(grocery, "v1/purchases", Purchase(Anna, "long-ago", 33m, LongAgo));
        await Accepted(fuel, "v1/purchases", Purchase(Anna, "long-ago-tank", 7m, LongAgo));
        await Accepted(grocery, "v1/purchases", Purchase(Anna, "basket", 100m, lines: [60m, 40m]));
        await Buy(fuel, Anna, "tank", 50m);
        await Buy(grocery, Ben, "bens", 80m);
    }

    private async Task Spend(Shop grocery, Shop fuel)
    {
        await Accepted(fuel, "v1/redemptions", Redemption(Ben, "long-ago-coffee", 11, LongAgo));
        await Accepted(fuel, "v1/redemptions", Redemption(Anna, "spend", 130));
        await Accepted(grocery, "v1/reservations", Redemption(Anna, "hold", 20));
        await Accepted(grocery, "v1/reservations/hold/capture", new { transactionId = "capture", points = 12, occurredAt = Now });
        await Accepted(fuel, "v1/reservations", Redemption(Anna, "let-go", 10));
        await Accepted(fuel, "v1/reservations/let-go/release", new { transactionId = "release", occurredAt = Now });
        await Accepted(fuel, "v1/reservations", Redemption(Anna, "kept-open", 5));
        await Accepted(fuel, "v1/redemptions", Redemption(Ben, "bens-coffee", 30));
        (await coalition.Client("operator", coalition.OperatorSecret).Post(
            new Uri(coalition.UrlOf(Coalition.Ledger), "v1/transfers"),
            new { transferId = Guid.NewGuid(), fromAccount = Ben.Id, toAccount = Anna.Id, points = 7, kind = "gift" })).Accepted();
        (await Post(fuel, "v1/redemptions", Redemption(Ben, "too-much", 100_000))).Code.ShouldBe("insufficient-points");
    }

    private async Task GoBack(Shop grocery, Shop fuel)
    {
        await Accepted(grocery, "v1/purchases/basket/returns", new { transactionId = "line-back", amount = 30m, currency = "EUR", occurredAt = Now, lines = new[] { new { line = 0, amount = 30m } } });
        await Accepted(fuel, "v1/transactions/spend/reversal", new { transactionId = "unspend", occurredAt = Now });
        await Accepted(grocery, "v1/redemptions", Redemption(Anna, "nearly-all", 300));
        await Accepted(grocery, "v1/transactions/basket/reversal", new { transactionId = "unbuy", occurredAt = Now });
        await Buy(grocery, Anna, "pays-debt", 40m);
        await Accepted(grocery, "v1/transactions/never-came/reversal", new { transactionId = "void", occurredAt = Now });
        (await Post(grocery, "v1/purchases", Purchase(Anna, "never-came", 5m))).Code.ShouldBe("purchase-reversed");
        for (var i = 0; i < 12; i++) await Buy(grocery, Anna, Till.NextId(), 3m);
    }

    // What was made before an account went into another one is returned and undone there.
    private async Task Merge(Shop grocery, Shop fuel, Member dora, Member emil)
    {
        await Buy(grocery, dora, "doras", 20m);
        await Buy(grocery, emil, "emils-basket", 50m);
        await Buy(fuel, emil, "emils-tank", 20m);
        await Accepted(fuel, "v1/redemptions", Redemption(emil, "emils-coffee", 40));
        await Operate($"v1/accounts/{emil.Id}/merge", new { into = dora.Id });
        await Accepted(grocery, "v1/purchases/emils-basket/returns", new { transactionId = "emils-return", amount = 20m, currency = "EUR", occurredAt = Now });
        await Accepted(fuel, "v1/transactions/emils-coffee/reversal", new { transactionId = "emils-uncoffee", occurredAt = Now });
        await Accepted(grocery, "v1/purchases/emils-basket/returns", new { transactionId = "emils-rest", amount = 30m, currency = "EUR", occurredAt = Now });
        await Accepted(fuel, "v1/transactions/emils-tank/reversal", new { transactionId = "emils-untank", occurredAt = Now });
        await Buy(grocery, emil, "emils-at-doras", 15m);
    }

    private async Task MergeAndUndo(Shop grocery, Member finn, Member gina)
    {
        await Buy(grocery, gina, "ginas", 30m);
        await Operate($"v1/accounts/{gina.Id}/merge", new { into = finn.Id });
        await Buy(grocery, gina, "ginas-at-finns", 10m);
        await Accepted(grocery, "v1/redemptions", Redemption(finn, "finns", 25));
        await Operate($"v1/accounts/{gina.Id}/merge/undo", null);
        await Accepted(grocery, "v1/purchases/ginas/returns", new { transactionId = "ginas-back", amount = 12m, currency = "EUR", occurredAt = Now });
        await Accepted(grocery, "v1/transactions/finns/reversal", new { transactionId = "unfinns", occurredAt = Now });
    }

    private async Task Adjust(Shop grocery, Member dora)
    {
        foreach (var points in new[] { 25, -5 })
        {
            var proposed = await Operate("v1/adjustments", new { account = dora.Id, issuer = grocery.Id, points, reason = "goodwill", transactionId = Guid.NewGuid() });
            (await coalition.Client("approver", coalition.ApproverSecret).Post(
                new Uri(coalition.UrlOf(Coalition.Ledger), $"v1/adjustments/{proposed.Body["adjustmentId"]!.GetValue<Guid>()}/approval"), null)).Accepted();
        }
    }

    // Nothing is sold before a block is bought, nor beyond what it holds.
    private async Task Prepay(Shop fuel, Shop cafe, Member member)
    {
        var desk = new AuditingDesk(coalition);
        await desk.BuyBlock(fuel, 10);
        await desk.BuyBlock(cafe, 60);
        var bought = "";
        await Eventually.Holds(() => Buy(cafe, member, bought = Till.NextId(), 30m), TimeSpan.FromSeconds(30));
        await Accepted(cafe, $"v1/purchases/{bought}/returns", new { transactionId = "cafe-back", amount = 10m, currency = "EUR", occurredAt = Now });
        (await Post(cafe, "v1/purchases", Purchase(member, "beyond-the-block", 41m))).Code.ShouldBe("prepaid-block-empty");
        await Buy(cafe, member, "last-of-the-block", 38m);
    }

    // One line agrees, and is there twice; one differs by what nobody minds, one by more, one never came here, and most of ours are missing.
    private async Task Reconcile(Shop grocery, Member finn)
    {
        await Put("v1/reconciliation-rule", """{ "timeSeconds": 60, "amountMinor": 5, "points": 1, "byCard": true }""");
        var lines = new[] { ("bens", Ben, 80m), ("bens", Ben, 80m), ("emils-at-doras", finn, 15.03m), ("doras", finn, 19m), ("lost-at-the-till", finn, 12.34m) }
            .Select(line => string.Create(CultureInfo.InvariantCulture, $"purchase,{line.Item1},{Now},{line.Item2.Card},S1,{line.Item3},EUR\n"));
        await new AuditingDesk(coalition).Reconcile(grocery, "emils-at-doras", "type,transactionId,occurredAt,card,store,amount,currency\n" + string.Concat(lines));
    }

    private async Task<Answer> Operate(string path, object? body) =>
        (await coalition.Client("operator", coalition.OperatorSecret).Post(new Uri(coalition.UrlOf(Coalition.Ledger), path), body)).Accepted();

    private async Task Publish(Guid grocery, Guid fuel)
    {
        await Put("v1/clearing/calendar", """{ "cadence": "daily", "timeZone": "Europe/Vienna", "cutOff": "04:00" }""");
        await Put("v1/programme", $$"""
            { "effectiveFrom": "2020-01-01T00:00:00Z", "programme": { "timeZone": "Europe/Vienna", "rounding": "down",
              "expiry": { "kind": "rolling", "months": 1 }, "debt": "debt", "reservationMinutes": 60,
              "transfers": { "mostPerTransfer": 100, "mostPerMonth": 100 } } }
            """);
        await Put("v1/offers/shared", $$"""
            { "id": "shared", "name": "Shared", "kind": "bonus", "priority": 10, "give": { "multiplier": 2 }, "expiry": { "kind": "never" },
              "fundedBy": [{ "partnerId": "{{grocery}}", "percent": 50 }, { "partnerId": "{{fuel}}", "percent": 50 }] }
            """);
    }

    private async Task<Shop> Open(string code, decimal pointsPerUnit, object commercial)
    {
        var client = coalition.Client("operator", coalition.OperatorSecret);
        async Task<JsonNode> Ask(string path, object body) => (await client.Post(new Uri(coalition.UrlOf(Coalition.Partners), path), body)).Accepted().Body;
        var id = (await Ask("v1/partners", new { code, name = code, currency = "EUR", stores = new[] { new { code = "S1", name = "The store" } } }))["partnerId"]!.GetValue<Guid>();
        await Ask($"v1/partners/{id}/agreements", new { effectiveFrom = "2020-01-01T00:00:00Z", pointsPerUnit, issuePrice = 0.0125m, redeemPrice = 0.008m, commercial });
        var secret = await Ask($"v1/partners/{id}/clients", new { name = "till", scopes = new[] { "ledger.post", "ledger.redeem", "ledger.read", "ledger.backdate", "settlement.dispute", "reconciliation.manage" } });
        return new(id, coalition.Client(secret["clientId"]!.GetValue<string>(), secret["clientSecret"]!.GetValue<string>()));
    }

    private Task<Answer> Buy(Shop shop, Member member, string id, decimal amount) => Accepted(shop, "v1/purchases", Purchase(member, id, amount));

    private object Purchase(Member member, string id, decimal amount, DateTimeOffset? at = null, decimal[]? lines = null) => lines is null
        ? new { transactionId = id, card = member.Card, store = "S1", amount, currency = "EUR", occurredAt = at?.ToString("O", CultureInfo.InvariantCulture) ?? Now }
        : new { transactionId = id, card = member.Card, store = "S1", amount, currency = "EUR", occurredAt = Now, lines = lines.Select(l => new { amount = l }).ToArray() };

    private object Redemption(Member member, string id, long points, DateTimeOffset? at = null) =>
        new { transactionId = id, card = member.Card, store = "S1", points, occurredAt = at?.ToString("O", CultureInfo.InvariantCulture) ?? Now };

    private async Task<Answer> Accepted(Shop shop, string path, object body) => (await Post(shop, path, body)).Accepted();

    private Task<Answer> Post(Shop shop, string path, object body) => shop.Client.Post(new Uri(coalition.UrlOf(Coalition.Ledger), path), body);

    private async Task Put(string path, string document)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(coalition.UrlOf(Coalition.Partners), path)) { Content = JsonContent.Create(JsonNode.Parse(document)) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await coalition.Client("operator", coalition.OperatorSecret).Token());
        using var response = await http.SendAsync(request);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
    }
}
