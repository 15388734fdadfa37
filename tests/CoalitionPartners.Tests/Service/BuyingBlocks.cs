using System.Net;
using System.Text.Json;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Testing;

namespace Loyalty.CoalitionPartners.Tests.Service;

[Collection(nameof(TheService))]
public sealed class BuyingBlocks(TheService service)
{
    [Fact]
    public async Task takes_two_people_and_is_owed_for_once()
    {
        var partner = await Partner(replenish: false);
        var block = Guid.NewGuid();
        var proposed = await Propose(partner, block);
        proposed.Status.ShouldBe(HttpStatusCode.Created, proposed.Text);
        (await Propose(partner, block)).Text.ShouldBe(proposed.Text);
        (await Propose(partner, block, 7)).Problem.ShouldBe("block-differs");
        (await service.Post($"/v1/partners/{partner}/blocks/{block}/approval", new { })).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await Read(partner)).GetProperty("left").GetInt64().ShouldBe(0);

        var approved = await Decide(partner, block, "approval");
        approved.Status.ShouldBe(HttpStatusCode.OK, approved.Text);
        (await Decide(partner, block, "approval")).Text.ShouldBe(approved.Text);
        (await Decide(partner, block, "rejection")).Status.ShouldBe(HttpStatusCode.Conflict);

        var shown = await Read(partner);
        (shown.GetProperty("bought").GetInt64(), shown.GetProperty("left").GetInt64()).ShouldBe((1000L, 1000L));
        await Owes(partner, 9.00m, 1000);
    }

    [Fact]
    public async Task counts_what_is_issued_and_says_once_that_it_runs_low()
    {
        var partner = await Partner(replenish: false);
        var block = Guid.NewGuid();
        await Propose(partner, block);
        await Decide(partner, block, "approval");
        object[] purchases = [Purchase(partner, 850), Purchase(partner, 100), Purchase(partner, 20)];
        var ids = purchases.Select(_ => Guid.CreateVersion7()).ToArray();
        await Publish(ids, purchases);
        await Publish(ids, purchases);
        await Eventually.Holds(async () => (await Read(partner)).GetProperty("used").GetInt64().ShouldBe(970));
        await Publish([Guid.CreateVersion7()], [Purchase(partner, 5)]);
        await Eventually.Holds(async () => (await Read(partner)).GetProperty("used").GetInt64().ShouldBe(975));

        var shown = await Read(partner);
        shown.GetProperty("runningLow").GetBoolean().ShouldBeTrue();
        shown.GetProperty("alerts").GetArrayLength().ShouldBe(1);
        shown.GetProperty("left").GetInt64().ShouldBe(25);
        await Owes(partner, 9.00m, 1000);
    }

    [Fact]
    public async Task happens_by_itself_where_that_is_agreed_and_once()
    {
        var partner = await Partner(replenish: true);
        var (id, purchase) = (Guid.CreateVersion7(), Purchase(partner, 1950));
        await Publish([id], [purchase]);
        await Publish([id], [purchase]);
        await Owes(partner, 27.00m, 3000);

        var shown = await Read(partner);
        shown.GetProperty("left").GetInt64().ShouldBe(1050);
        shown.GetProperty("runningLow").GetBoolean().ShouldBeFalse();
        var block = shown.GetProperty("blocks").EnumerateArray().ShouldHaveSingleItem();
        block.GetProperty("status").GetString().ShouldBe("bought");
        block.GetProperty("maker").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task is_for_those_who_agreed_on_it()
    {
        var (partner, _) = await service.Admit();
        (await Propose(partner, Guid.NewGuid())).Problem.ShouldBe("not-prepaid");
        (await Propose(Guid.NewGuid(), Guid.NewGuid())).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Decide(partner, Guid.NewGuid(), "approval")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Propose(partner, Guid.Empty)).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task shows_a_partner_its_own_only()
    {
        var (mine, theirs) = (await Partner(replenish: false), await Partner(replenish: false));
        var token = await service.PartnerToken(mine, "settlement.read");
        (await service.Get($"/v1/partners/{mine}/blocks", token)).Status.ShouldBe(HttpStatusCode.OK);
        (await service.Get($"/v1/partners/{theirs}/blocks", token)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await service.Post($"/v1/partners/{mine}/blocks", new { blockId = Guid.NewGuid() }, token)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<Guid> Partner(bool replenish)
    {
        var code = "B" + Guid.NewGuid().ToString("N").ToUpperInvariant()[..12];
        var partner = await service.Post("/v1/partners", new { code, name = code, currency = "EUR", stores = new[] { new { code = "S1", name = "One" } } });
        var id = partner.Body.GetProperty("partnerId").GetGuid();
        var block = new { points = 1000, price = 0.009, alertBelow = 100, replenish, whenEmpty = "overdraw" };
        var agreed = await service.Post($"/v1/partners/{id}/agreements", new
        {
            effectiveFrom = "2016-01-01T00:00:00Z", pointsPerUnit = 1, issuePrice = 0.01, redeemPrice = 0.008, commercial = new { funding = new { kind = "prepaid", block } },
        });
        agreed.Status.ShouldBe(HttpStatusCode.Created, agreed.Text);
        return id;
    }

    private Task<Reply> Propose(Guid partner, Guid blockId, long? points = null) =>
        service.Post($"/v1/partners/{partner}/blocks", points is null ? new { blockId } : new { blockId, points });

    private async Task<Reply> Decide(Guid partner, Guid block, string decision) =>
        await service.Post($"/v1/partners/{partner}/blocks/{block}/{decision}", new { }, await service.Token("approver", TheService.ApproverSecret));

    private async Task<JsonElement> Read(Guid partner) => (await service.Get($"/v1/partners/{partner}/blocks")).Body;

    // In the month in which it was bought, which is this one.
    private Task Owes(Guid partner, decimal owes, long bought) => Eventually.Holds(async () =>
    {
        var lines = (await service.Get("/v1/settlements?limit=200")).Body.GetProperty("settlement").EnumerateArray()
            .SelectMany(m => m.GetProperty("partners").EnumerateArray()).Where(p => p.GetProperty("partner").GetGuid() == partner).ToList();
        lines.Sum(l => l.GetProperty("owes").GetProperty("amount").GetDecimal()).ShouldBe(owes);
        lines.Sum(l => l.GetProperty("pointsBought").GetInt64()).ShouldBe(bought);
    });

    private async Task Publish(Guid[] ids, object[] events)
    {
        await using var ledger = await Messages.Connect(service.Broker.Uri);
        await ledger.Publish([.. ids.Zip(events)]);
    }

    private static PurchaseAccrued Purchase(Guid partner, long points) => new(
        Guid.NewGuid(), partner, "S1", Guid.NewGuid().ToString("N"), points * 100, "EUR", points, 1, new(2023, 6, 5, 10, 0, 0, TimeSpan.Zero), DateTimeOffset.UtcNow);
}
