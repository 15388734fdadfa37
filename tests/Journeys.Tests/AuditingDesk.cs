using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;

namespace Loyalty.Journeys.Tests;

/// <summary>A partner and its client, which may do everything.</summary>
internal sealed record Shop(Guid Id, ApiClient Client);

/// <summary>
/// What the coalition's two operators do with what happened on a day long ago: they close its cycle, have it paid, uphold a dispute about it,
/// and close the next day's, into which the corrections fell, and what came late.
/// </summary>
internal sealed class AuditingDesk(Coalition coalition)
{
    private const string Iban = "DE89370400440532013000";

    private readonly TwoOperators operators = new(coalition);

    /// <param name="tradeLate">Posts a purchase of the first of the cycles, when that is closed.</param>
    public async Task CloseTwoCycles(Shop grocery, Shop fuel, Func<Task> tradeLate)
    {
        var cycle = await FirstCycle(grocery, "issue", "funding");
        await Eventually.Holds(async () => (await Kinds(cycle, fuel)).ShouldBe(["acceptance", "prepaid-issue"], ignoreOrder: true), TimeSpan.FromSeconds(30));
        await new ClosedCycles(coalition).Close(cycle);
        foreach (var holder in new[] { "clearing", $"partners/{grocery.Id}", $"partners/{fuel.Id}" })
            await operators.Agree($"v1/{holder}/bank-account", new { iban = Iban, holder = "Somebody & Co" }, $"v1/{holder}/bank-account/approval", new { iban = Iban });
        await Pay(cycle);

        await Uphold(cycle, grocery);
        var correction = Guid.NewGuid();
        await operators.Agree(
            "v1/clearing/corrections", new { correctionId = correction, partnerId = fuel.Id, inFavourOf = "partner", amount = 5m, currency = "EUR", reason = "Forgotten." },
            $"v1/clearing/corrections/{correction}/approval");
        await tradeLate();
        var next = await NextCycle(cycle, grocery);
        await new ClosedCycles(coalition).Close(next);
        await operators.Agree($"v1/clearing/cycles/{next}/payments", new { }, $"v1/clearing/cycles/{next}/payments/approval");
    }

    /// <summary>Compares a partner's book of the last hour with ours, and corrects ours by whatever is missing here or differs in its amount. Rejects what is missing there.</summary>
    /// <param name="known">A transaction that our book must have by then.</param>
    public async Task Reconcile(Shop shop, string known, string book)
    {
        var now = DateTime.UtcNow;
        await Eventually.Holds(async () => (await Count($"select count(*) from partner_transactions where partner = '{shop.Id}' and transaction_id = '{known}'")).ShouldBe(1), TimeSpan.FromSeconds(30));
        var sent = (await shop.Client.Upload(Url($"v1/reconciliations?from={now.AddHours(-1):O}&until={now.AddHours(1):O}"), book, "text/csv")).Accepted();
        var address = $"v1/reconciliations/{sent.Body["reconciliationId"]}";
        await Eventually.Holds(async () => (await operators.Show(address)).Body["state"]!.GetValue<string>().ShouldBe("complete"), TimeSpan.FromSeconds(30));
        var items = (await operators.Show(address + "/items?limit=200")).Body["items"]!.AsArray().Where(i => i!["state"]!.GetValue<string>() == "open").ToList();
        foreach (var (kind, decision) in new[] { ("amount-differs", "correct"), ("missing-here", "correct"), ("missing-there", "reject") })
        {
            var item = $"{address}/items/{items.First(i => i!["kind"]!.GetValue<string>() == kind)!["item"]}";
            var decided = await operators.Agree(item + "/decision", new { decision, reason = "So it was." }, item + "/approval");
            if (decided["correctionBatchId"]?.GetValue<Guid>() is { } batch)
                await Eventually.Holds(async () => (await shop.Client.Get(Url($"v1/batches/{batch}"))).Accepted().Number("accepted").ShouldBe(1), TimeSpan.FromSeconds(30));
        }
    }

    /// <summary>Closes the books of a month of points, once there is something in them.</summary>
    /// <param name="what">What there must be: <c>cohorts</c> or <c>late</c>.</param>
    public async Task CloseMonth(DateTimeOffset month, string what)
    {
        var period = string.Create(CultureInfo.InvariantCulture, $"v1/liability/periods/{month.UtcDateTime:yyyy-MM}");
        await Eventually.Holds(async () => (await operators.Show(period)).Body[what]!.AsArray().ShouldNotBeEmpty(), TimeSpan.FromSeconds(30));
        await operators.Agree(period + "/closing", new { }, period + "/closing/approval");
    }

    public Task ApproveEstimates(int version) => operators.Approve(string.Create(CultureInfo.InvariantCulture, $"v1/liability/estimates/{version}/approval"));

    /// <summary>What the points cost that members hold, as the liability desk shows it.</summary>
    public async Task<decimal> Liability() =>
        (await operators.Show("v1/liability")).Body["totals"]!.AsArray().ShouldHaveSingleItem()!["atFundingPrice"]!["amount"]!.GetValue<decimal>();

    public async Task BuyBlock(Shop shop, int points)
    {
        var (blocks, block) = ($"v1/partners/{shop.Id}/blocks", Guid.NewGuid());
        await operators.Agree(blocks, new { blockId = block, points }, $"{blocks}/{block}/approval");
    }

    // Each payment is booked in two parts.
    private async Task Pay(string cycle)
    {
        var payments = $"v1/clearing/cycles/{cycle}/payments";
        await operators.Agree(payments, new { }, payments + "/approval");
        var bookings = 0;
        foreach (var payment in (await operators.Show(payments)).Body["payments"]!.AsArray())
        {
            var amount = payment!["amount"]!["amount"]!.GetValue<decimal>();
            foreach (var part in new[] { 0.01m, amount - 0.01m })
            {
                await operators.Do($"{payments}/{payment["endToEndId"]}/confirmation", new
                {
                    amount = part, currency = "EUR", bookedAt = "2020-03-01T10:00:00+01:00", bankReference = string.Create(CultureInfo.InvariantCulture, $"B-{++bookings}"),
                });
            }
        }

        bookings.ShouldBe(4);
    }

    private async Task Uphold(string cycle, Shop shop)
    {
        var line = (await Lines(cycle, shop)).Select(l => l!["lineId"]!.GetValue<string>()).First(id => id.Contains("issue", StringComparison.Ordinal));
        var dispute = (await shop.Client.Post(
            Url($"v1/clearing/cycles/{cycle}/statements/{shop.Id}/lines/{line}/disputes"), new { amount = 0.30m, currency = "EUR", reason = "Counted twice." })).Accepted().Body["disputeId"];
        await operators.Do($"v1/clearing/disputes/{dispute}/answer", new { text = "Indeed." });
        await operators.Agree(
            $"v1/clearing/disputes/{dispute}/decision", new { outcome = "upheld", amount = 0.20m, reason = "Once of them." }, $"v1/clearing/disputes/{dispute}/decision/approval");
    }

    private async Task<string> FirstCycle(Shop shop, params string[] kinds)
    {
        var cycle = "";
        await Eventually.Holds(
            async () =>
            {
                cycle = (await operators.Show("v1/clearing/cycles?limit=1")).Body["items"]![0]!["cycleId"]!.GetValue<string>();
                (await Kinds(cycle, shop)).ShouldBe(kinds, ignoreOrder: true);
            },
            TimeSpan.FromSeconds(30));
        return cycle;
    }

    private async Task<string> NextCycle(string cycle, Shop shop)
    {
        var next = "";
        await Eventually.Holds(
            async () =>
            {
                next = (await operators.Show("v1/clearing/cycles?limit=2")).Body["items"]![1]!["cycleId"]!.GetValue<string>();
                (await Lines(next, shop)).ShouldContain(line => line!["lateFrom"] != null && line["lateFrom"]!.GetValue<string>() == cycle);
            },
            TimeSpan.FromSeconds(30));
        return next;
    }

    private async Task<IEnumerable<string>> Kinds(string cycle, Shop shop) => (await Lines(cycle, shop)).Select(l => l!["kind"]!.GetValue<string>()).Distinct();

    private async Task<JsonArray> Lines(string cycle, Shop shop) =>
        (await operators.Show($"v1/clearing/cycles/{cycle}/statements/{shop.Id}")).Body["lines"]!.AsArray();

    private async Task<long> Count(string sql)
    {
        await using var database = NpgsqlDataSource.Create(coalition.DatabaseOf(Coalition.Partners));
        await using var count = database.CreateCommand(sql);
        return (long)(await count.ExecuteScalarAsync())!;
    }

    private Uri Url(string path) => new(coalition.UrlOf(Coalition.Partners), path);
}
