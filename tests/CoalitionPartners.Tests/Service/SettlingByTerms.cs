using System.Text.Json;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Testing;

namespace Loyalty.CoalitionPartners.Tests.Service;

[Collection(nameof(TheService))]
public sealed class SettlingByTerms(TheService service)
{
    [Fact]
    public async Task charges_a_share_at_issue_and_the_rest_when_the_points_are_redeemed_anywhere()
    {
        var grocery = await Partner(new { funding = new { kind = "split", shareAtIssue = 0.4 } });
        var (fuel, _) = await service.Admit(redeemPrice: 0.010m);
        await Publish(
            Purchase(grocery, "S1", 1000), new PointsRedeemed(Guid.NewGuid(), fuel, "S1", Id(), null, 300, [new(grocery, Id(), 200, 1), new(grocery, Id(), 50, 1), new(fuel, Id(), 50, 1)], 1, Day, Day),
            new RedemptionReversed(Guid.NewGuid(), fuel, "S1", Id(), Id(), 100, [new(grocery, Id(), 100, 1)], 1, Day, Day));

        // 1000 points at 0.004 and 150 at 0.006.
        await Shows(grocery, owes: 4.90m, owed: 0, ("pointsIssued", 1000), ("pointsFunded", 150), ("redemptions", 0));
        await Shows(fuel, owes: 0, owed: 2.00m, ("pointsRedeemed", 200), ("pointsFunded", 0));
    }

    [Fact]
    public async Task prices_by_the_store_and_returns_at_the_price_of_the_purchase()
    {
        var grocery = await Partner(new { storePrices = new[] { new { group = "airports", stores = new[] { "S2" }, issuePrice = 0.02, redeemPrice = 0.016 } } });
        var (fuel, _) = await service.Admit();
        await Publish(
            Purchase(grocery, "S1", 100), Purchase(grocery, "S2", 100), Purchase(fuel, "S2", 0) with { Awards = [new(grocery, 1, "autumn", 1, 100)] },
            new PurchaseReversed(Guid.NewGuid(), grocery, "S2", Id(), Id(), 4000, "EUR", 40, 0, 1, Day, Day),
            new PointsRedeemed(Guid.NewGuid(), grocery, "S2", Id(), null, 50, [], 1, Day, Day));

        // Another partner's store is none of its own, whatever its code.
        await Shows(grocery, owes: 1.00m + 1.20m + 1.00m, owed: 0.80m, ("pointsIssued", 260), ("returns", 1));
    }

    [Fact]
    public async Task charges_nothing_for_points_out_of_a_block()
    {
        var grocery = await Partner(new { funding = new { kind = "prepaid", block = new { points = 1000, alertBelow = 100, replenish = false, whenEmpty = "overdraw" } } });
        await Publish(Purchase(grocery, "S1", 100), new PurchaseReversed(Guid.NewGuid(), grocery, "S1", Id(), Id(), 4000, "EUR", 40, 0, 1, Day, Day));

        await Shows(grocery, owes: 0, owed: 0, ("pointsIssued", 60), ("pointsPrepaid", 60), ("purchases", 1), ("returns", 1));
    }

    [Fact]
    public async Task gives_back_what_was_paid_for_points_that_lapsed_to_whom_keeps_it()
    {
        var grocery = await Partner(new { breakage = "issuer" });
        var (fuel, _) = await service.Admit();
        await Publish(new PointsExpired(Guid.NewGuid(), 150, [new(grocery, Id(), 70, 1), new(fuel, Id(), 50, 1), new(grocery, Id(), 30, 1)], Day));

        await Shows(grocery, owes: 0, owed: 1.00m, ("pointsLapsed", 100));
        await Shows(fuel, owes: 0, owed: 0, ("pointsLapsed", 50));
    }

    [Fact]
    public async Task leaves_what_was_posted_before_as_it_was()
    {
        var (grocery, _) = await service.Admit();
        var purchase = Purchase(grocery, "S1", 1000);
        await Publish(purchase);
        await Shows(grocery, owes: 10.00m, owed: 0);

        (await Agree(grocery, DateTimeOffset.UtcNow.AddSeconds(5), new { funding = new { kind = "split", shareAtIssue = 0.4 } })).Status.ShouldBe(System.Net.HttpStatusCode.Created);
        await Publish(
            Purchase(grocery, "S1", 100) with { AgreementVersion = 2 },
            new PurchaseReversed(Guid.NewGuid(), grocery, "S1", Id(), purchase.TransactionId, 10000, "EUR", 100, 0, 1, Day, Day),
            new PointsRedeemed(Guid.NewGuid(), grocery, "S1", Id(), null, 50, [new(grocery, purchase.TransactionId, 50, 1)], 1, Day, Day));

        // The old points go back at the old price, and nothing more is due when they are redeemed.
        await Shows(grocery, owes: 10.00m + 0.40m - 1.00m, owed: 0.40m, ("pointsFunded", 0));
    }

    private static readonly DateTimeOffset Day = new(2023, 3, 5, 10, 0, 0, TimeSpan.Zero);

    private async Task<Guid> Partner(object commercial)
    {
        var code = "T" + Guid.NewGuid().ToString("N").ToUpperInvariant()[..12];
        var partner = await service.Post("/v1/partners", new { code, name = code, currency = "EUR", stores = new[] { new { code = "S1", name = "One" }, new { code = "S2", name = "Two" } } });
        var id = partner.Body.GetProperty("partnerId").GetGuid();
        var agreed = await Agree(id, new(2016, 1, 1, 0, 0, 0, TimeSpan.Zero), commercial);
        agreed.Status.ShouldBe(System.Net.HttpStatusCode.Created, agreed.Text);
        return id;
    }

    private Task<Reply> Agree(Guid partner, DateTimeOffset from, object commercial) =>
        service.Post($"/v1/partners/{partner}/agreements", new { effectiveFrom = from, pointsPerUnit = 1, issuePrice = 0.01, redeemPrice = 0.008, commercial });

    private Task Shows(Guid partner, decimal owes, decimal owed, params (string Member, long Number)[] more) => Eventually.Holds(async () =>
    {
        var month = (await service.Get("/v1/settlements?month=2023-03")).Body.GetProperty("settlement").EnumerateArray().ShouldHaveSingleItem();
        Amount(month.GetProperty("total")).ShouldBe(0);
        var line = month.GetProperty("partners").EnumerateArray().Single(p => p.GetProperty("partner").GetGuid() == partner);
        (Amount(line.GetProperty("owes")), Amount(line.GetProperty("owed"))).ShouldBe((owes, owed));
        foreach (var (member, number) in more) line.GetProperty(member).GetInt64().ShouldBe(number, member);
    });

    private async Task Publish(params object[] events)
    {
        await using var ledger = await Messages.Connect(service.Broker.Uri);
        foreach (var page in events.GroupBy(e => e.GetType()))
            await ledger.Publish([.. page.Select(e => (Guid.CreateVersion7(), e))]);
    }

    private static PurchaseAccrued Purchase(Guid partner, string store, long points) =>
        new(Guid.NewGuid(), partner, store, Id(), points * 100, "EUR", points, 1, Day, Day);

    private static decimal Amount(JsonElement money) => money.GetProperty("amount").GetDecimal();

    private static string Id() => Guid.NewGuid().ToString("N");
}
