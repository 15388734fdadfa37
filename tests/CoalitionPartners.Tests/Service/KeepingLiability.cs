using System.Net;
using System.Text.Json;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Testing;
using static System.Globalization.CultureInfo;

namespace Loyalty.CoalitionPartners.Tests.Service;

[Collection(nameof(TheService))]
public sealed class KeepingLiability(TheService service)
{
    private static readonly DateTimeOffset May = new(2017, 5, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset June = May.AddMonths(1);
    private static readonly DateTimeOffset July = May.AddMonths(2);

    [Fact]
    public async Task shows_outstanding_points_by_vintage_at_the_price_of_their_agreement()
    {
        var (grocery, code) = await service.Admit(issuePrice: 0.010m);
        await Publish(
            Accrued(grocery, 1000, May), Accrued(grocery, 500, June),
            Redeemed(300, new Draw(grocery, "p", 300, 1, May), June), Expired(new Draw(grocery, "p", 50, 1, May), July),
            Redeemed(7, new Draw(grocery, "p", 7), July));
        var shown = await Shows(grocery, outstanding: 1143);

        shown.GetProperty("code").GetString().ShouldBe(code);
        Vintages(shown).ShouldBe([("2017-05", 650, 6.50m), ("2017-06", 500, 5.00m), ("unknown", -7, -0.07m)]);
        Amount(shown, "atFundingPrice").ShouldBe(11.43m);
        Vintages(await Shows(grocery, outstanding: 1200, "&asOf=2017-06-30")).ShouldBe([("2017-05", 700, 7.00m), ("2017-06", 500, 5.00m)]);
        Vintages(await Shows(grocery, outstanding: 1000, "&asOf=2017-05-31")).ShouldBe([("2017-05", 1000, 10.00m)]);
    }

    [Fact]
    public async Task counts_returns_to_the_vintage_of_their_purchase_and_each_issuers_part_by_itself()
    {
        var (grocery, _) = await service.Admit();
        var (fuel, _) = await service.Admit();
        var bought = Accrued(grocery, 100, May) with { Awards = [new(fuel, 1, "joint", 1, 40)] };
        await Publish(
            bought, Redeemed(60, new Draw(grocery, "p", 60, 1, May), May), Expired(new Draw(fuel, "p", 10, 1, May), May),
            new PurchaseReversed(Guid.NewGuid(), grocery, "S1", Id(), bought.TransactionId, 100_00, "EUR", 100, 60, 1, July, July, [new(fuel, 1, "joint", 1, 40, Lapsed: 10)], May));

        // What was spent is owed by the member, and what had lapsed was taken from nobody.
        Vintages(await Shows(grocery, outstanding: 0)).ShouldBe([("2017-05", 0, 0m)]);
        Vintages(await Shows(fuel, outstanding: 0)).ShouldBe([("2017-05", 0, 0m)]);
        (await Shows(fuel, outstanding: 0)).GetProperty("vintages")[0].GetProperty("expired").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task comes_to_what_the_ledger_holds_whatever_happens()
    {
        var issuers = new[] { (await service.Admit()).Id, (await service.Admit()).Id, (await service.Admit()).Id };
        var (random, lots) = (new Random(20_170_630), new List<Lot>());
        var told = Enumerable.Range(0, 400).Select(_ => Anything(random, issuers, lots)).ToArray();
        await Publish(told);

        foreach (var issuer in issuers)
        {
            var shown = await Shows(issuer, lots.Where(l => l.Issuer == issuer).Sum(l => l.Points));
            Vintages(shown).Select(v => (v.Vintage, v.Outstanding)).ShouldBe(
                lots.Where(l => l.Issuer == issuer).GroupBy(l => l.At.ToString("yyyy-MM", InvariantCulture)).OrderBy(v => v.Key, StringComparer.Ordinal)
                    .Select(v => (v.Key, v.Sum(l => l.Points))));
        }
    }

    [Fact]
    public async Task adds_nothing_when_the_same_events_come_again()
    {
        var (grocery, _) = await service.Admit();
        var page = new[] { (Guid.CreateVersion7(), (object)Accrued(grocery, 10, May)) };
        await using var ledger = await Messages.Connect(service.Broker.Uri);
        for (var i = 0; i < 3; i++) await ledger.Publish(page);
        await ledger.Publish([(Guid.CreateVersion7(), Accrued(grocery, 1, June))]);
        (await Shows(grocery, outstanding: 11)).GetProperty("vintages")[0].GetProperty("issued").GetInt64().ShouldBe(10);
    }

    [Fact]
    public async Task shows_a_partner_its_own_points_only()
    {
        var ((mine, _), (theirs, _)) = (await service.Admit(), await service.Admit());
        await Publish(Accrued(mine, 10, May), Accrued(theirs, 10, May));
        await Shows(theirs, outstanding: 10);
        var token = await service.PartnerToken(mine, "settlement.read");

        foreach (var path in new[] { "/v1/liability", "/v1/liability.csv", "/v1/liability/revenue?period=2017-06", "/v1/liability/revenue.csv?period=2017-06", "/v1/liability/periods/2017-06" })
        {
            var own = await service.Get(path, token);
            own.Text.ShouldContain(mine.ToString());
            own.Text.ShouldNotContain(theirs.ToString());
        }

        (await service.Get($"/v1/liability?issuer={theirs}", token)).Body.GetProperty("issuers").GetArrayLength().ShouldBe(0);
        (await service.Get($"/v1/liability/sensitivity?period=2017-06&issuer={theirs}", token)).Body.GetProperty("cases")[0].GetProperty("totals").GetArrayLength().ShouldBe(0);
        (await service.Get("/v1/liability/estimates", token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await service.Get("/v1/liability", await service.PartnerToken(mine, "ledger.post"))).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task writes_a_row_per_issuer_and_vintage_as_csv()
    {
        var (grocery, code) = await service.Admit(issuePrice: 0.010m);
        await Publish(Accrued(grocery, 100, May));
        await Shows(grocery, outstanding: 100);
        (await service.Get($"/v1/liability.csv?issuer={grocery}")).Text.Split("\r\n").ShouldBe(
        [
            "issuer,code,vintage,issued,taken_back,redeemed,put_back,repaid,expired,adjusted,outstanding,at_funding_price,currency",
            $"{grocery},{code},2017-05,100,0,0,0,0,0,0,100,1.00,EUR", "",
        ]);
    }

    [Theory]
    [InlineData("?asOf=2017-06-15"), InlineData("?asOf=2017-06"), InlineData("?asOf=nonsense"), InlineData("?issuer=1"), InlineData("?asOf=9999-12-31")]
    [InlineData("/revenue?period=2017-13"), InlineData("/revenue?period=2999-01"), InlineData("/revenue?period='"), InlineData("/sensitivity?by=")]
    [InlineData("/sensitivity?by=1e1"), InlineData("/sensitivity?by=101"), InlineData("/sensitivity?by=0.001"), InlineData("/sensitivity?by=1,,2")]
    [InlineData("/sensitivity?by=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22")]
    public async Task refuses_to_guess_what_is_asked(string query)
    {
        var reply = await service.Get("/v1/liability" + query);
        reply.Status.ShouldBe(HttpStatusCode.BadRequest, reply.Text);
    }

    private static object Anything(Random random, Guid[] issuers, List<Lot> lots)
    {
        var at = May.AddDays(random.Next(90));
        var live = lots.Where(l => l.Points > 0).ToList();
        if (live.Count < 3 || random.Next(3) == 0)
        {
            var lot = new Lot(issuers[random.Next(issuers.Length)], at, random.Next(1, 500));
            lots.Add(lot);
            return random.Next(4) == 0
                ? new PointsAdjusted(Guid.NewGuid(), Guid.NewGuid(), lot.Issuer, 1, lot.Points, "goodwill", at, at)
                : Accrued(lot.Issuer, lot.Points, at);
        }

        var used = live[random.Next(live.Count)];
        var (points, kind) = (random.Next(1, (int)used.Points + 1), random.Next(6));
        var draw = new Draw(used.Issuer, "p", points, 1, used.At);
        used.Points += kind == 0 ? points : -points;
        return kind switch
        {
            0 => new RedemptionReversed(Guid.NewGuid(), issuers[0], "S1", Id(), Id(), points, [draw], 1, at, at),
            1 => Expired(draw, at),
            2 => new DebtRepaid(Guid.NewGuid(), points, [draw], at, at),
            3 => new PointsAdjusted(Guid.NewGuid(), Guid.NewGuid(), used.Issuer, 1, -points - 5, "fraud", at, at, Debt: 5, Draws: [draw]),
            4 => new PurchaseReversed(Guid.NewGuid(), used.Issuer, "S1", Id(), Id(), 100, "EUR", points + 3, 3, 1, at, at, PurchasedAt: used.At),
            _ => Redeemed(points, draw, at),
        };
    }

    private async Task Publish(params IReadOnlyList<object> events)
    {
        await using var ledger = await Messages.Connect(service.Broker.Uri);
        foreach (var page in events.GroupBy(e => e.GetType()))
            await ledger.Publish([.. page.Select(e => (Guid.CreateVersion7(), e))]);
    }

    private async Task<JsonElement> Shows(Guid issuer, long outstanding, string query = "")
    {
        JsonElement shown = default;
        await Eventually.Holds(async () =>
        {
            shown = (await service.Get($"/v1/liability?issuer={issuer}{query}")).Body.GetProperty("issuers").EnumerateArray().Single();
            shown.GetProperty("outstanding").GetInt64().ShouldBe(outstanding);
        });
        return shown;
    }

    private static IEnumerable<(string Vintage, long Outstanding, decimal AtFundingPrice)> Vintages(JsonElement issuer) => issuer.GetProperty("vintages").EnumerateArray()
        .Select(v => (v.GetProperty("vintage").GetString()!, v.GetProperty("outstanding").GetInt64(), Amount(v, "atFundingPrice")));

    private static decimal Amount(JsonElement of, string member) => of.GetProperty(member).GetProperty("amount").GetDecimal();

    private static PurchaseAccrued Accrued(Guid partner, long points, DateTimeOffset at) =>
        new(Guid.NewGuid(), partner, "S1", Id(), points * 100, "EUR", points, 1, at, at);

    private static PointsRedeemed Redeemed(long points, Draw draw, DateTimeOffset at) =>
        new(Guid.NewGuid(), draw.IssuerId, "S1", Id(), null, points, [draw], 1, at, at);

    private static PointsExpired Expired(Draw draw, DateTimeOffset at) => new(Guid.NewGuid(), draw.Points, [draw], at);

    private static string Id() => Guid.NewGuid().ToString("N", InvariantCulture);

    private sealed class Lot(Guid issuer, DateTimeOffset at, long points)
    {
        public Guid Issuer { get; } = issuer;

        public DateTimeOffset At { get; } = at;

        public long Points { get; set; } = points;
    }
}
