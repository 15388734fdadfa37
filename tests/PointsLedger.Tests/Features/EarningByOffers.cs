using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(RunningLedger))]
public class EarningByOffers(RunningLedger ledger)
{
    private static readonly OfferGrant Five = new(Points: 5);

    [Fact]
    public async Task is_explained_on_the_receipt_and_in_the_history()
    {
        var (partner, member) = (await NewPartner(), await ledger.Enrol());
        var (fixedBonus, tooLittle) = ($"five-{partner.Code.ToLowerInvariant()}", $"big-{partner.Code.ToLowerInvariant()}");
        await Publish(Offer(fixedBonus, partner, new()));
        await Publish(Offer(tooLittle, partner, new(SpendFrom: 100)));
        var till = ledger.Till(partner);

        var bought = (await till.Buy(member, 20)).ShouldBe(201);

        bought.Number("points").ShouldBe(25);
        var explained = bought.Json.GetProperty("explained");
        explained.GetProperty("base").GetInt64().ShouldBe(20);
        var award = explained.GetProperty("awards")[0];
        (award.GetProperty("offer").GetString(), award.GetProperty("version").GetInt32(), award.GetProperty("points").GetInt64()).ShouldBe((fixedBonus, 1, 5));
        var missed = explained.GetProperty("missed")[0];
        (missed.GetProperty("offer").GetString(), missed.GetProperty("reason").GetString()).ShouldBe((tooLittle, "below-spend"));
        var lines = (await ledger.Operator().Get($"/v1/accounts/{member.Id}/history")).ShouldBe(200).Body;
        lines.ShouldContain(fixedBonus);
        lines.ShouldContain("below-spend");
    }

    [Fact]
    public async Task follows_the_version_in_force_when_the_purchase_was_made()
    {
        var (partner, member) = (await NewPartner(), await ledger.Enrol());
        var (id, now) = ($"versions-{partner.Code.ToLowerInvariant()}", DateTimeOffset.UtcNow);
        await Publish(Offer(id, partner, new()), 1, now.AddHours(-3));
        await Publish(Offer(id, partner, new()) with { Give = new(Points: 7) }, 2, now.AddHours(-1));
        var till = ledger.Till(partner);

        (await till.Buy(member, 10, at: now.AddHours(-4).ToString("O"))).ShouldBe(201).Number("points").ShouldBe(10);
        (await till.Buy(member, 10, at: now.AddHours(-2).ToString("O"))).ShouldBe(201).Number("points").ShouldBe(15);
        (await till.Buy(member, 10)).ShouldBe(201).Number("points").ShouldBe(17);
        await Publish(Offer(id, partner, new()), 3, now.AddMinutes(-1), withdrawn: true);
        (await till.Buy(member, 10)).ShouldBe(201).Number("points").ShouldBe(10);
    }

    [Fact]
    public async Task is_for_the_lines_that_count_and_taken_back_with_them()
    {
        var (partner, member) = (await NewPartner(), await ledger.Enrol());
        await Publish(Offer($"dairy-{partner.Code.ToLowerInvariant()}", partner, new(Categories: ["dairy"])) with { Give = new(Multiplier: 3) });
        var (till, id) = (ledger.Till(partner), ledger.NewId());

        var bought = await till.Post("/v1/purchases", Basket(member, id, 10, (6, "dairy"), (4, "drugs")));

        bought.ShouldBe(201).Number("points").ShouldBe(22);
        var back = await till.Post($"/v1/purchases/{id}/returns", new
        {
            transactionId = ledger.NewId(), amount = 3, currency = "EUR", occurredAt = Till.Now, lines = new[] { new { line = 0, amount = 3 } },
        });
        back.ShouldBe(201).Number("points").ShouldBe(9);
        (await till.Return(id, 7)).ShouldBe(201).Number("points").ShouldBe(13);
        (await till.Balance(member)).ShouldBe(0);
    }

    [Fact]
    public async Task is_settled_by_each_partner_that_funds_it()
    {
        var (partner, member) = (await NewPartner(), await ledger.Enrol());
        await Publish(Offer($"shared-{partner.Code.ToLowerInvariant()}", partner, new()) with { FundedBy = [new(partner.Id, 40), new(ledger.Fuel.Id, 60)] });

        var bought = (await ledger.Till(partner).Buy(member, 10)).ShouldBe(201);

        bought.Json.GetProperty("explained").GetProperty("awards").EnumerateArray()
            .Select(a => (a.GetProperty("issuer").GetGuid(), a.GetProperty("points").GetInt64())).ShouldBe([(partner.Id, 2), (ledger.Fuel.Id, 3)]);
    }

    [Fact]
    public async Task repeats_its_answer_and_takes_effect_once()
    {
        var (partner, member) = (await NewPartner(), await ledger.Enrol());
        await Publish(Offer($"once-{partner.Code.ToLowerInvariant()}", partner, new()));
        var (till, id) = (ledger.Till(partner), ledger.NewId());
        var basket = Basket(member, id, 10, (10, "dairy"));

        var first = (await till.Post("/v1/purchases", basket)).ShouldBe(201);
        var second = (await till.Post("/v1/purchases", basket)).ShouldBe(201);

        second.Body.ShouldBe(first.Body);
        (await till.Balance(member)).ShouldBe(15);
        (await till.Post("/v1/purchases", Basket(member, id, 10, (10, "drugs")))).ShouldBeRefused(422, "transaction-differs");
    }

    [Theory]
    [InlineData("""[{"amount": 4}, {"amount": 5}]""")]
    [InlineData("""[{"amount": -1}, {"amount": 11}]""")]
    [InlineData("""[{"amount": 10, "category": ""}]""")]
    [InlineData("""[{"amount": 1e400}]""")]
    [InlineData("""[{"amount": 10, "price": 3}]""")]
    [InlineData("""[null]""")]
    public async Task is_refused_for_lines_that_make_no_receipt(string lines)
    {
        var member = await ledger.Enrol();
        var answer = await ledger.Till(ledger.Grocery).PostText("/v1/purchases",
            $$"""{"transactionId": "{{ledger.NewId()}}", "card": "{{member.Card}}", "store": "MAIN", "amount": 10, "currency": "EUR", "occurredAt": "{{Till.Now}}", "lines": {{lines}} }""");
        answer.Status.ShouldBeInRange(400, 422, answer.Body);
        (await ledger.Till(ledger.Grocery).Balance(member)).ShouldBe(0);
    }

    private static object Basket(Member member, string id, decimal amount, params (decimal Amount, string Category)[] lines) => new
    {
        transactionId = id, card = member.Card, store = "MAIN", amount, currency = "EUR", occurredAt = Till.Now,
        lines = lines.Select(l => new { amount = l.Amount, category = l.Category }),
    };

    private static Offer Offer(string id, Partner partner, OfferConditions when) =>
        new(id, id, "bonus", null, null, 10, null, when with { Partners = [partner.Id] }, Five, [], null, [], null, null);

    private async Task<Partner> NewPartner()
    {
        var partner = new Partner(Guid.NewGuid(), $"P{Guid.NewGuid():N}"[..12].ToUpperInvariant());
        await ledger.Admit(partner);
        return partner;
    }

    private async Task Publish(Offer offer, int version = 1, DateTimeOffset? at = null, bool withdrawn = false)
    {
        await ledger.Publish(new OfferPublished(version, offer, at ?? RunningLedger.LongAgo, withdrawn));
        await Eventually.Holds(async () => await ledger.Count($"offers where offer_id = '{offer.Id}' and version = {version}") == 1);
    }
}
