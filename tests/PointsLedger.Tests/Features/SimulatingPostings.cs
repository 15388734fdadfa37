using System.Text.Json;
using System.Text.Json.Nodes;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(RunningLedger))]
public class SimulatingPostings(RunningLedger ledger)
{
    private readonly Till till = ledger.Till(ledger.Grocery);

    [Fact]
    public async Task says_what_a_purchase_would_earn_and_posts_nothing() =>
        await SameAsPosted(await ledger.EnrolWith(10), "/v1/purchases", member => new
        {
            transactionId = ledger.NewId(), card = member.Card, store = "MAIN", amount = 12.34m, currency = "EUR", occurredAt = Till.Now,
        });

    [Fact]
    public async Task says_what_offers_would_grant_and_why_others_would_not()
    {
        var (partner, member) = (new Partner(Guid.NewGuid(), $"P{Guid.NewGuid():N}"[..12].ToUpperInvariant()), await ledger.Enrol());
        await ledger.Admit(partner);
        var (granting, missing) = ($"grants-{partner.Code.ToLowerInvariant()}", $"misses-{partner.Code.ToLowerInvariant()}");
        await Publish(granting, new() { Partners = [partner.Id] });
        await Publish(missing, new() { Partners = [partner.Id], SpendFrom = 100 });
        var request = new { transactionId = ledger.NewId(), card = member.Card, store = "MAIN", amount = 10, currency = "EUR", occurredAt = Till.Now };

        var simulated = (await ledger.Till(partner).Post("/v1/purchases/simulate", request)).ShouldBe(200);

        simulated.Number("points").ShouldBe(15);
        simulated.Body.ShouldContain(granting);
        simulated.Body.ShouldContain("below-spend");
        (await ledger.Till(partner).Post("/v1/purchases", request)).ShouldBe(201).Body.ShouldBe(simulated.Body);
    }

    [Fact]
    public async Task says_what_a_redemption_would_draw_and_posts_nothing() =>
        await SameAsPosted(await ledger.EnrolWith(10), "/v1/redemptions", member => new
        {
            transactionId = ledger.NewId(), card = member.Card, store = "MAIN", points = 7, occurredAt = Till.Now,
        });

    [Fact]
    public async Task says_what_a_reservation_would_set_aside_and_posts_nothing() =>
        await SameAsPosted(await ledger.EnrolWith(10), "/v1/reservations", member => new
        {
            transactionId = ledger.NewId(), card = member.Card, store = "MAIN", points = 7, occurredAt = Till.Now,
        });

    [Fact]
    public async Task says_what_a_return_would_take_back_and_posts_nothing()
    {
        var (member, purchase) = (await ledger.Enrol(), ledger.NewId());
        (await till.Buy(member, 20, purchase)).ShouldBe(201);
        (await till.Redeem(member, 18)).ShouldBe(201);
        await SameAsPosted(member, $"/v1/purchases/{purchase}/returns", _ => new
        {
            transactionId = ledger.NewId(), amount = 5, currency = "EUR", occurredAt = Till.Now,
        });
        (await till.Return(purchase, 15)).ShouldBe(201);
    }

    [Fact]
    public async Task is_answered_as_a_repeat_when_the_id_is_taken()
    {
        var member = await ledger.Enrol();
        var (id, at) = (ledger.NewId(), Till.Now);
        var request = new { transactionId = id, card = member.Card, store = "MAIN", amount = 10, currency = "EUR", occurredAt = at };
        var posted = (await till.Post("/v1/purchases", request)).ShouldBe(201);
        (await till.Post("/v1/purchases/simulate", request)).ShouldBe(200).Body.ShouldBe(posted.Body);
        (await till.Post("/v1/purchases/simulate", request with { amount = 11 })).ShouldBeRefused(422, "transaction-differs");
        var missing = ledger.NewId();
        (await till.Reverse(missing)).ShouldBe(202);
        (await till.Post("/v1/purchases/simulate", request with { transactionId = missing })).ShouldBeRefused(409, "purchase-reversed");
    }

    [Fact]
    public async Task is_refused_as_a_posting_would_be_and_keeps_no_refusal()
    {
        var (member, purchase) = (await ledger.EnrolWith(10), ledger.NewId());
        (await till.Buy(member, 1, purchase)).ShouldBe(201);
        var unknown = RunningLedger.WithLuhn("627648099999999");
        (string Path, object Body)[] refused =
        [
            ("/v1/redemptions", new { transactionId = ledger.NewId(), card = member.Card, store = "MAIN", points = 12, occurredAt = Till.Now }),
            ("/v1/reservations", new { transactionId = ledger.NewId(), card = member.Card, store = "MAIN", points = 12, occurredAt = Till.Now }),
            ("/v1/redemptions", new { transactionId = ledger.NewId(), card = unknown, store = "MAIN", points = 1, occurredAt = Till.Now }),
            ("/v1/purchases", new { transactionId = ledger.NewId(), card = member.Card, store = "NOWHERE", amount = 1, currency = "EUR", occurredAt = Till.Now }),
            ("/v1/purchases", new { transactionId = ledger.NewId(), card = member.Card, store = "MAIN", amount = 1, currency = "USD", occurredAt = Till.Now }),
            ("/v1/purchases", new { transactionId = ledger.NewId(), card = member.Card, store = "MAIN", amount = 1, currency = "EUR", occurredAt = DateTimeOffset.UtcNow.AddDays(1) }),
            ("/v1/purchases", new { transactionId = ledger.NewId(), card = "1", store = "", amount = -1, currency = "EUR", occurredAt = Till.Now }),
            ("/v1/purchases", new { transactionId = ledger.NewId(), colour = "red" }),
            ($"/v1/purchases/{purchase}/returns", new { transactionId = ledger.NewId(), amount = 2, currency = "EUR", occurredAt = Till.Now }),
            ("/v1/purchases/never-made/returns", new { transactionId = ledger.NewId(), amount = 2, currency = "EUR", occurredAt = Till.Now }),
        ];
        var before = await Everything();
        foreach (var (path, body) in refused)
        {
            var simulated = await till.Post($"{path}/simulate", body);
            simulated.Status.ShouldBeInRange(400, 422, path);
            (await Everything()).ShouldBe(before);
            var posted = await till.Post(path, body);
            (posted.Status, posted.Body).ShouldBe((simulated.Status, simulated.Body));
            before = await Everything();
        }
    }

    [Fact]
    public async Task needs_the_scope_of_the_posting()
    {
        var member = await ledger.EnrolWith(10);
        var request = new { transactionId = ledger.NewId(), card = member.Card, store = "MAIN", points = 1, occurredAt = Till.Now };
        (await ledger.Till(ledger.Grocery, "ledger.post").Post("/v1/redemptions/simulate", request)).ShouldBe(403);
        (await ledger.Operator().Post("/v1/redemptions/simulate", request)).ShouldBe(403);
    }

    [Fact]
    public async Task stands_in_nobodys_way()
    {
        var member = await ledger.Enrol();
        var asked = Enumerable.Range(0, 40).Select(_ => till.Post("/v1/purchases/simulate", new
        {
            transactionId = ledger.NewId(), card = member.Card, store = "MAIN", amount = 5, currency = "EUR", occurredAt = Till.Now,
        }));
        var posted = Enumerable.Range(0, 40).Select(_ => till.Buy(member, 1));
        (await Task.WhenAll(asked)).ShouldAllBe(a => a.Status == 200);
        (await Task.WhenAll(posted)).ShouldAllBe(a => a.Status == 201);
        (await till.Balance(member)).ShouldBe(40);
    }

    private async Task SameAsPosted(Member member, string path, Func<Member, object> request)
    {
        var body = request(member);
        var before = (await Everything(), await till.Balance(member), await History(member));

        var simulated = (await till.Post($"{path}/simulate", body)).ShouldBe(200);

        simulated.Headers.Location.ShouldBeNull();
        (await Everything(), await till.Balance(member), await History(member)).ShouldBe(before);
        (await till.Get($"/v1/transactions/{JsonSerializer.SerializeToNode(body)!["transactionId"]}")).ShouldBe(404);
        (await till.Post($"{path}/simulate", body)).ShouldBe(200).Lasting().ShouldBe(simulated.Lasting());
        (await till.Post(path, body)).ShouldBe(201).Lasting().ShouldBe(simulated.Lasting());
    }

    private async Task<(long, long)> Everything() => (await ledger.Count("transactions"), await ledger.Count("mt_events"));

    private async Task<string> History(Member member) => (await ledger.Operator().Get($"/v1/accounts/{member.Id}/history")).ShouldBe(200).Body;

    private async Task Publish(string id, OfferConditions when)
    {
        await ledger.Publish(new OfferPublished(1, new(id, id, "bonus", null, null, 10, null, when, new(Points: 5), [], null, [], null, null), RunningLedger.LongAgo, false));
        await Eventually.Holds(async () => await ledger.Count($"offers where offer_id = '{id}'") == 1);
    }
}

internal static class SimulatedAnswers
{
    /// <summary>The answer without the instant at which a reservation made now would release itself.</summary>
    public static string Lasting(this Answer answer)
    {
        var members = JsonNode.Parse(answer.Body)!.AsObject();
        members.Remove("releasesAt");
        return members.ToJsonString();
    }
}
