using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;

namespace Loyalty.Journeys.Tests;

/// <summary>A partner's book and the ledger's differ; two operators decide, and the ledger is told.</summary>
[Collection(ClosingCoalition.Name)]
public sealed class ReconcilingWithTheLedger(Coalition coalition)
{
    private const string Header = "type,transactionId,occurredAt,card,store,amount,currency,points,purchase\n";

    private readonly TwoOperators operators = new(coalition);

    [Fact]
    public async Task posts_what_two_people_decide_on_until_both_books_agree()
    {
        var shop = await coalition.Operator.AdmitRetailer();
        var anna = await coalition.Operator.EnrolOne(shop.Till);
        var (mistyped, good, lost, spent) = (Till.NextId(), Till.NextId(), Till.NextId(), Till.NextId());
        await shop.Till.BuyWhenKnown(anna, 26.00m, mistyped);
        (await shop.Till.Buy(anna, 20.00m, good)).Accepted();
        (await shop.Till.Redeem(anna, 5, spent)).Accepted();
        await Heard(shop, transactions: 3);
        var common = $"purchase,{good},{When},{anna.Card},{Till.Store},20.00,EUR,20,\n" + $"purchase,{lost},{When},{anna.Card},{Till.Store},30.00,EUR,30,\n"
            + $"redemption,{spent},{When},{anna.Card},{Till.Store},,,5,\n";

        var differing = await Reconciled(shop, common + $"purchase,{mistyped},{When},{anna.Card},{Till.Store},25.00,EUR,25,\n");
        SumsOf(differing, "purchase").ShouldBe((75.00m, 46.00m, 75, 46));
        var items = await ItemsOf(differing);
        items.Keys.Order(StringComparer.Ordinal).ShouldBe(["amount-differs", "missing-here"]);
        var back = await Correct(shop, differing, items["amount-differs"]);
        (await Correct(shop, differing, items["missing-here"])).ShouldBe(lost);

        (await shop.Till.Balance(anna)).ShouldBe(26 + 20 - 5 - 1 + 30);
        (await shop.Till.Buy(anna, 30.00m, lost)).Accepted().Number("points").ShouldBe(30);
        (await shop.Till.Balance(anna)).ShouldBe(70, "The till that had lost the purchase sends it at last, and it is there.");
        await Eventually.Holds(async () => (await coalition.Operator.PositionOf(shop.Till)).ShouldBe(new Position(75, 5, 0.75m, 0.04m, -0.71m)), TimeSpan.FromSeconds(30));

        // The partner's own correction of its book: what was posted, and the return by which it was mended.
        await Heard(shop, transactions: 5);
        var agreeing = await Reconciled(shop, common + $"purchase,{mistyped},{When},{anna.Card},{Till.Store},26.00,EUR,26,\n" + $"return,{back},{When},,,1.00,EUR,1,{mistyped}\n");
        agreeing["items"]!.GetValue<int>().ShouldBe(0, agreeing.ToJsonString());
        SumsOf(agreeing, "purchase").ShouldBe((76.00m, 76.00m, 76, 76));
        SumsOf(agreeing, "return").ShouldBe((1.00m, 1.00m, 1, 1));
    }

    private static string When => Till.Noon.ToString("O", CultureInfo.InvariantCulture);

    private async Task<JsonNode> Reconciled(Retailer shop, string book)
    {
        var (from, until) = (Till.Noon.AddHours(-1).UtcDateTime, Till.Noon.AddHours(1).UtcDateTime);
        var sent = (await shop.Office.Upload(Url($"v1/reconciliations?from={from:O}&until={until:O}"), Header + book, "text/csv")).Accepted();
        JsonNode shown = null!;
        await Eventually.Holds(async () =>
        {
            shown = (await shop.Office.Get(Url($"v1/reconciliations/{sent.Body["reconciliationId"]}"))).Accepted().Body;
            shown["state"]!.GetValue<string>().ShouldBe("complete");
        }, TimeSpan.FromSeconds(30));
        shown["explained"]!.GetValue<bool>().ShouldBeTrue(shown.ToJsonString());
        return shown;
    }

    private async Task<IReadOnlyDictionary<string, int>> ItemsOf(JsonNode reconciliation) =>
        (await operators.Show($"v1/reconciliations/{reconciliation["reconciliationId"]}/items")).Body["items"]!.AsArray()
            .ToDictionary(i => i!["kind"]!.GetValue<string>(), i => i!["item"]!.GetValue<int>());

    // Returns the id under which the ledger has it.
    private async Task<string> Correct(Retailer shop, JsonNode reconciliation, int item)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"v1/reconciliations/{reconciliation["reconciliationId"]}/items/{item}");
        var decided = await operators.Agree(address + "/decision", new { decision = "correct", reason = "The till was wrong." }, address + "/approval");
        var batch = $"v1/batches/{decided["correctionBatchId"]}";
        await Eventually.Holds(async () => (await shop.Office.Get(Url(batch))).Accepted().Body["state"]!.GetValue<string>().ShouldBe("complete"), TimeSpan.FromSeconds(30));
        var line = (await shop.Office.Get(Url(batch + "/lines"))).Accepted().Body["items"]!.AsArray().ShouldHaveSingleItem()!;
        line["outcome"]!.GetValue<string>().ShouldBe("accepted", line.ToJsonString());
        return line["transactionId"]!.GetValue<string>();
    }

    private static (decimal There, decimal Here, decimal PointsThere, decimal PointsHere) SumsOf(JsonNode reconciliation, string kind)
    {
        var total = reconciliation["totals"]!.AsArray().Where(t => t!["kind"]!.GetValue<string>() == kind).ShouldHaveSingleItem()!;
        return (Of("there", "amount"), Of("here", "amount"), Of("there", "points"), Of("here", "points"));

        decimal Of(string book, string what) => total[book]![what]!.GetValue<decimal>();
    }

    // What the ledger tells comes by message; only what has come can be compared.
    private async Task Heard(Retailer shop, long transactions)
    {
        await using var database = NpgsqlDataSource.Create(coalition.DatabaseOf(Coalition.Partners));
        await Eventually.Holds(async () =>
        {
            await using var count = database.CreateCommand($"select count(*) from partner_transactions where partner = '{shop.Id}'");
            (await count.ExecuteScalarAsync()).ShouldBe(transactions);
        }, TimeSpan.FromSeconds(30));
    }

    private Uri Url(string path) => new(coalition.UrlOf(Coalition.Partners), path);
}
