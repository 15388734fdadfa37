using System.Net;
using System.Text.Json;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.EventStore;
using Loyalty.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.CoalitionPartners.Tests.Service;

[Collection(nameof(TheService))]
public sealed class SettlingLedgerEvents(TheService service)
{
    [Fact]
    public async Task shows_what_a_partner_owes_and_is_owed_and_nets_to_zero()
    {
        var (grocery, code) = await service.Admit(issuePrice: 0.010m, redeemPrice: 0.008m);
        var (fuel, _) = await service.Admit(issuePrice: 0.020m, redeemPrice: 0.010m);
        var before = await Applied();
        await Publish(
            Purchase(grocery, 1000, "2017-03-05"), Purchase(grocery, 0, "2017-03-06"), Return(grocery, 100, "2017-03-31"), Purchase(grocery, 7, "2017-04-01"),
            Purchase(fuel, 50, "2017-03-05"), Redemption(fuel, 300, "2017-03-07"), RedemptionReversal(fuel, 100, "2017-03-07"));

        await Applied(before + 7);
        var march = await Settled("2017-03", grocery, fuel);
        var line = march.Lines[grocery];
        line.GetProperty("code").GetString().ShouldBe(code);
        Numbers(line, "pointsIssued", "pointsRedeemed", "purchases", "returns", "redemptions", "redemptionsReversed").ShouldBe([900L, 0L, 2L, 1L, 0L, 0L]);
        Money(line, "owes", "owed", "net").ShouldBe([9.00m, 0m, -9.00m]);
        Numbers(march.Lines[fuel], "pointsIssued", "pointsRedeemed", "purchases", "returns", "redemptions", "redemptionsReversed").ShouldBe([50L, 200L, 1L, 0L, 1L, 1L]);
        Money(march.Lines[fuel], "owes", "owed", "net").ShouldBe([1.00m, 2.00m, 1.00m]);
        (await Settled("2017-04", grocery)).Lines[grocery].GetProperty("owes").GetProperty("amount").GetDecimal().ShouldBe(0.07m);
    }

    [Fact]
    public async Task charges_every_issuer_of_an_award_for_its_own_part()
    {
        var (grocery, _) = await service.Admit(issuePrice: 0.010m);
        var (fuel, _) = await service.Admit(issuePrice: 0.020m);
        Award[] awards = [new(grocery, 1, "autumn", 1, 40), new(fuel, 1, "autumn", 1, 60), new(grocery, 1, "welcome", 2, 10)];
        var (bought, back) = (Purchase(grocery, 100, "2022-03-05"), Return(grocery, 50, "2022-03-07"));
        var before = await Applied();
        await Publish(
            (bought.Item1, ((PurchaseAccrued)bought.Item2) with { Awards = awards }),
            (back.Item1, ((PurchaseReversed)back.Item2) with { Awards = [awards[0] with { Points = 20 }, awards[1] with { Points = 30 }] }));

        await Applied(before + 4);
        var march = await Settled("2022-03", grocery, fuel);
        Numbers(march.Lines[grocery], "pointsIssued", "purchases", "returns").ShouldBe([80L, 1L, 1L]);
        Numbers(march.Lines[fuel], "pointsIssued", "purchases", "returns").ShouldBe([30L, 1L, 1L]);
        Money(march.Lines[fuel], "owes")[0].ShouldBe(0.60m);
    }

    [Fact]
    public async Task charges_an_issuer_for_what_operators_grant_and_pays_back_what_they_take()
    {
        var (grocery, _) = await service.Admit(issuePrice: 0.010m);
        var before = await Applied();
        var page = new[] { Adjustment(grocery, 500, "2017-05-02"), Adjustment(grocery, -120, "2017-05-03"), Purchase(grocery, 20, "2017-05-03") };
        await Publish(page);
        await Publish(page);

        await Applied(before + 3);
        var line = (await Settled("2017-05", grocery)).Lines[grocery];
        Numbers(line, "pointsIssued").ShouldBe([400L]);
        Money(line, "owes", "net").ShouldBe([4.00m, -4.00m]);
    }

    [Fact]
    public async Task takes_each_event_once_however_often_and_in_whatever_order_it_comes()
    {
        var (partner, _) = await service.Admit(issuePrice: 0.0125m);
        var before = await Applied();
        var messages = Enumerable.Range(1, 100).Select(i => (i % 10) switch
        {
            0 => Return(partner, i, "2018-01-10"),
            5 => Redemption(partner, i, "2018-01-09"),
            _ => Purchase(partner, i, "2018-01-08"),
        }).ToArray();
        await Publish(messages);
        await Publish([.. messages.Reverse()]);
        await Publish(messages);

        await Applied(before + 100);
        var purchases = Enumerable.Range(1, 100).Where(i => i % 10 is not 0 and not 5).Sum();
        var line = (await Settled("2018-01", partner)).Lines[partner];
        Numbers(line, "pointsIssued", "pointsRedeemed", "purchases", "returns", "redemptions").ShouldBe([purchases - 550L, 500L, 80L, 10L, 10L]);
        Money(line, "owes")[0].ShouldBe(decimal.Round((purchases - 550) * 0.0125m, 2, MidpointRounding.ToEven));
        (await Applied()).ShouldBe(before + 100);
    }

    [Fact]
    public async Task stores_one_fact_per_page_and_period_with_every_posting_in_it()
    {
        var (grocery, _) = await service.Admit();
        var (fuel, _) = await service.Admit();
        (Guid Id, object Event)[] page =
        [
            Purchase(grocery, 1, "2021-03-05"), Purchase(fuel, 2, "2021-03-05"), Purchase(grocery, 3, "2021-04-01"),
            Purchase(grocery, 4, "2021-03-31"), Purchase(fuel, 5, "2021-03-05"), Purchase(grocery, 6, "2021-03-01"),
        ];
        var before = await Applied();
        await Publish(page);
        await Applied(before + page.Length);

        await Publish(page);
        await Publish([.. page.Take(3), Purchase(grocery, 7, "2021-03-05")]);
        await Applied(before + page.Length + 1);

        var facts = await Facts(grocery, fuel);
        facts.Select(f => string.Join(' ', f.Postings.Select(p => p.Points.Value))).ShouldBe(["1 4 6", "2 5", "3", "7"]);
        facts.SelectMany(f => f.Postings).Take(6).Select(p => p.LedgerEventId).Order().ShouldBe(page.Select(p => p.Id).Order());
    }

    [Fact]
    public async Task takes_an_event_once_that_a_page_holds_twice()
    {
        var (partner, _) = await service.Admit();
        var (twice, once) = (Purchase(partner, 1, "2021-09-05"), Purchase(partner, 2, "2021-09-05"));
        var before = await Applied();
        await Publish(twice, once, twice);

        await Applied(before + 2);
        (await Facts(partner)).ShouldHaveSingleItem().Postings.Select(p => p.Points.Value).ShouldBe([1L, 2L]);
    }

    [Fact]
    public async Task takes_each_posting_once_when_a_page_is_halved_because_of_a_bad_event()
    {
        var (partner, _) = await service.Admit();
        var page = Enumerable.Range(1, 9).Select(i => Purchase(partner, i, "2021-06-01")).ToArray();
        page[4] = Unpriced(partner, "2021-06-01");
        var before = await Applied();
        await Publish(page);
        await Applied(before + 8);
        await Publish(page);
        await Publish(Purchase(partner, 100, "2021-06-01"));
        await Applied(before + 9);

        (await Facts(partner)).SelectMany(f => f.Postings).Select(p => p.Points.Value).ShouldBe([1L, 2L, 3L, 4L, 6L, 7L, 8L, 9L, 100L]);
        Numbers((await Settled("2021-06", partner)).Lines[partner], "pointsIssued", "purchases").ShouldBe([140L, 9L]);
    }

    [Fact]
    public async Task leaves_aside_an_event_it_cannot_price_and_takes_the_others()
    {
        var (partner, _) = await service.Admit();
        await Publish(Purchase(partner, 10, "2018-02-01"), Unpriced(partner, "2018-02-01"), Purchase(partner, 20, "2018-02-01"));

        await Eventually.Holds(async () => Numbers((await Settled("2018-02", partner)).Lines[partner], "pointsIssued", "purchases").ShouldBe([30L, 2L]));
    }

    [Fact]
    public async Task shows_a_partner_its_own_lines_only()
    {
        var (mine, _) = await service.Admit();
        var (theirs, _) = await service.Admit();
        await Publish(Purchase(mine, 10, "2018-03-01"), Purchase(theirs, 10, "2018-03-01"));
        await Settled("2018-03", mine, theirs);

        var seen = await service.Get("/v1/settlements?month=2018-03", await service.PartnerToken(mine, "settlement.read"));
        var month = seen.Body.GetProperty("settlement").EnumerateArray().ShouldHaveSingleItem();
        month.GetProperty("partners").EnumerateArray().Select(p => p.GetProperty("partner").GetGuid()).ShouldHaveSingleItem().ShouldBe(mine);
        seen.Text.ShouldNotContain(theirs.ToString());
        month.GetProperty("coalition").ValueKind.ShouldBe(JsonValueKind.Null);
        month.GetProperty("total").ValueKind.ShouldBe(JsonValueKind.Null);
        (await service.Get("/v1/settlements", await service.PartnerToken(mine, "ledger.post"))).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task pages_through_the_months()
    {
        var (partner, _) = await service.Admit();
        await Publish(Purchase(partner, 1, "2019-11-30"), Purchase(partner, 1, "2019-12-31"), Purchase(partner, 1, "2020-01-01"));
        await Settled("2020-01", partner);
        var token = await service.PartnerToken(partner, "settlement.read");

        await Eventually.Holds(async () =>
        {
            var first = (await service.Get("/v1/settlements?limit=2", token)).Body;
            var second = (await service.Get($"/v1/settlements?limit=2&cursor={first.GetProperty("next").GetString()}", token)).Body;
            Months(first).ShouldBe(["2019-11", "2019-12"]);
            Months(second).ShouldBe(["2020-01"]);
            second.GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
        });

        static IEnumerable<string> Months(JsonElement page) => page.GetProperty("settlement").EnumerateArray().Select(i => i.GetProperty("month").GetString()!);
    }

    [Theory]
    [InlineData("month=2017-13")]
    [InlineData("month=2017-3")]
    [InlineData("month=")]
    [InlineData("month=x'--")]
    [InlineData("cursor=bm9wZQ")]
    [InlineData("limit=201")]
    public async Task refuses_what_is_no_month_and_no_page(string query) =>
        (await service.Get("/v1/settlements?" + query)).Status.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task rebuilds_to_what_was_live()
    {
        var (partner, _) = await service.Admit();
        var before = await Applied();
        await Publish([.. Enumerable.Range(1, 50).Select(i => Purchase(partner, i, "2020-05-05")), Redemption(partner, 30, "2020-05-06"), Return(partner, 3, "2020-06-01")]);
        await Applied(before + 52);
        var live = (await service.Get("/v1/settlements?limit=200")).Body.GetProperty("settlement").GetRawText();

        await using var store = Store();
        var rebuild = store.GetRequiredService<ProjectionRebuild>();
        (await rebuild.Run(new SettlementView(), TestContext.Current.CancellationToken)).DifferentRows.ShouldBe(0);
        (await rebuild.Run(new PartnersView(), TestContext.Current.CancellationToken)).DifferentRows.ShouldBe(0);

        (await service.Get("/v1/settlements?limit=200")).Body.GetProperty("settlement").GetRawText().ShouldBe(live);
    }

    // What is in the log about these partners' months, in its order.
    private async Task<IReadOnlyList<PostingsSettled>> Facts(params Guid[] partners)
    {
        await using var store = Store();
        var log = store.GetRequiredService<EventLog>();
        var facts = new List<PostingsSettled>();
        for (var page = await log.Read(0, 1000, TestContext.Current.CancellationToken); ;)
        {
            facts.AddRange(page.Events.Select(e => e.Data).OfType<PostingsSettled>().Where(f => partners.Contains(f.Partner.Value)));
            var after = page.LastSequence;
            page = await log.Read(after, 1000, TestContext.Current.CancellationToken);
            if (page.LastSequence == after)
                return facts;
        }
    }

    private ServiceProvider Store() => new ServiceCollection().AddLogging().AddEventStore(
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("ConnectionStrings:Database", service.Database.Service)]).Build(),
        o => StoredEvents.Map(o.Types)).BuildServiceProvider();

    private async Task<long> Applied() => (await service.Get("/v1/settlements/status")).Body.GetProperty("eventsApplied").GetInt64();

    private Task Applied(long events) => Eventually.Holds(async () => (await Applied()).ShouldBe(events));

    // Reads a month once it has lines of these partners; it must net to zero whenever it is looked at.
    private async Task<(JsonElement Month, Dictionary<Guid, JsonElement> Lines)> Settled(string month, params Guid[] partners)
    {
        var found = default(JsonElement);
        var lines = new Dictionary<Guid, JsonElement>();
        await Eventually.Holds(async () =>
        {
            found = (await service.Get($"/v1/settlements?month={month}")).Body.GetProperty("settlement").EnumerateArray().ShouldHaveSingleItem();
            lines = found.GetProperty("partners").EnumerateArray().ToDictionary(p => p.GetProperty("partner").GetGuid());
            partners.ShouldBeSubsetOf(lines.Keys);
        });
        Money(found, "total")[0].ShouldBe(0m);
        Money(found.GetProperty("coalition"), "net")[0].ShouldBe(-lines.Values.Sum(l => Money(l, "net")[0]));
        return (found, lines);
    }

    private async Task Publish(params (Guid Id, object Event)[] messages)
    {
        await using var ledger = await Messages.Connect(service.Broker.Uri);
        foreach (var page in messages.GroupBy(m => m.Event.GetType()))
            await ledger.Publish([.. page]);
    }

    private static (Guid, object) Purchase(Guid partner, long points, string day) =>
        (Guid.CreateVersion7(), new PurchaseAccrued(Guid.NewGuid(), partner, "S1", Id(), points * 100, "EUR", points, 1, Day(day), DateTimeOffset.UtcNow));

    private static (Guid, object) Unpriced(Guid partner, string day) =>
        (Guid.CreateVersion7(), new PurchaseAccrued(Guid.NewGuid(), partner, "S1", Id(), 100, "EUR", 10, 99, Day(day), DateTimeOffset.UtcNow));

    private static (Guid, object) Return(Guid partner, long points, string day) =>
        (Guid.CreateVersion7(), new PurchaseReversed(Guid.NewGuid(), partner, "S1", Id(), Id(), points * 100, "EUR", points, 0, 1, Day(day), DateTimeOffset.UtcNow));

    private static (Guid, object) Adjustment(Guid partner, long points, string day) =>
        (Guid.NewGuid(), new PointsAdjusted(Guid.NewGuid(), Guid.NewGuid(), partner, 1, points, "goodwill", Day(day), Day(day)));

    private static (Guid, object) Redemption(Guid partner, long points, string day) =>
        (Guid.CreateVersion7(), new PointsRedeemed(Guid.NewGuid(), partner, "S1", Id(), null, points, [new(partner, Id(), points)], 1, Day(day), DateTimeOffset.UtcNow));

    private static (Guid, object) RedemptionReversal(Guid partner, long points, string day) =>
        (Guid.CreateVersion7(), new RedemptionReversed(Guid.NewGuid(), partner, "S1", Id(), Id(), points, [], 1, Day(day), DateTimeOffset.UtcNow));

    private static string Id() => Guid.NewGuid().ToString("N");

    private static DateTimeOffset Day(string day) => DateTimeOffset.Parse(day + "T10:00:00Z", System.Globalization.CultureInfo.InvariantCulture);

    private static long[] Numbers(JsonElement line, params string[] members) => [.. members.Select(m => line.GetProperty(m).GetInt64())];

    private static decimal[] Money(JsonElement line, params string[] members) => [.. members.Select(m => line.GetProperty(m).GetProperty("amount").GetDecimal())];
}
