using System.Net;
using System.Text.Json;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Testing;
using static System.Globalization.CultureInfo;

namespace Loyalty.CoalitionPartners.Tests.Service;

// Months are closed in order, so this class has a service of its own, and each test begins with the month after those of the test before.
public sealed class ClosingLiability(TheService service) : IClassFixture<TheService>
{
    private static Month next = Month.Of(new DateOnly(2017, 1, 1));
    private static string? approver;

    [Fact]
    public async Task keeps_a_closed_month_for_ever_and_puts_what_comes_late_into_the_next_one()
    {
        var month = next;
        var (grocery, _) = await service.Admit(issuePrice: 0.010m, redeemPrice: 1m);
        await Publish(Accrued(grocery, 10_000, 100_000_00, month), Redeemed(grocery, 4_500, month, month));
        await Shows(grocery, month, outstanding: 5_500);
        await Estimate(month, grocery, "0.95");
        await Estimate(month.Next(), grocery, "0.97");
        await Close(month);

        var closed = await service.Get($"/v1/liability/periods/{month}");
        var cohort = Cohort(closed.Body, grocery);
        (Amount(cohort, "allocated"), Amount(cohort, "recognised"), Amount(cohort, "contractLiability")).ShouldBe((8675.80m, 4109.59m, 4566.21m));
        (cohort.GetProperty("expected").GetInt64(), Amount(cohort, "atFundingPrice")).ShouldBe((9_500, 55.00m));

        await Publish(Redeemed(grocery, 3_000, month, month), Redeemed(grocery, 1_000, month, month.Next()));
        await Shows(grocery, month.Next(), outstanding: 1_500);
        foreach (var path in new[] { $"periods/{month}", $"revenue?period={month}", $"revenue.csv?period={month}" })
        {
            var before = (await service.Get("/v1/liability/" + path)).Text;
            before.ShouldContain("4109.59");
            await service.Restart();
            (await service.Get("/v1/liability/" + path)).Text.ShouldBe(before);
        }

        (await service.Get($"/v1/liability/periods/{month}")).Text.ShouldBe(closed.Text);
        var shown = (await service.Get($"/v1/liability/periods/{month.Next()}")).Body;
        var late = shown.GetProperty("late").EnumerateArray().ShouldHaveSingleItem();
        (late.GetProperty("origin").GetString(), late.GetProperty("redeemed").GetInt64()).ShouldBe((month.ToString(), 3_000L));
        Amount(Cohort(shown, grocery), "recognisedInPeriod").ShouldBe(7602.51m - 4109.59m);
        await Close(month.Next());
    }

    [Fact]
    public async Task takes_two_people()
    {
        var month = next;
        var (grocery, _) = await service.Admit();
        await Publish(Accrued(grocery, 100, 100_00, month));
        await Shows(grocery, month, outstanding: 100);

        (await Decide(month, "approval")).Problem.ShouldBe("closing-not-proposed");
        (await Propose(month)).Body.GetProperty("status").GetString().ShouldBe("proposed");
        (await Propose(month)).Status.ShouldBe(HttpStatusCode.OK);
        var same = await service.Post($"/v1/liability/periods/{month}/closing/approval", new { });
        (same.Status, same.Problem).ShouldBe((HttpStatusCode.Forbidden, "same-person"));
        (await Decide(month, "rejection")).Body.GetProperty("status").GetString().ShouldBe("open");
        (await Decide(month, "rejection")).Status.ShouldBe(HttpStatusCode.OK);
        await Close(month);

        (await Decide(month, "approval")).Body.GetProperty("closing").GetProperty("approvedBy").GetString().ShouldBe("approver");
        (await Decide(month, "rejection")).Status.ShouldBe(HttpStatusCode.Conflict);
        (await service.Get("/v1/liability/periods?limit=200")).Body.GetProperty("items").EnumerateArray()
            .Single(p => p.GetProperty("period").GetString() == month.ToString()).GetProperty("status").GetString().ShouldBe("closed");
        (await service.Post($"/v1/liability/periods/{next}/closing", new { }, await service.PartnerToken(grocery, "settlement.read"))).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task closes_nothing_too_early_out_of_order_or_unheard_of()
    {
        var month = next;
        var (grocery, _) = await service.Admit();
        await Publish(Accrued(grocery, 100, 100_00, month));
        await Shows(grocery, month, outstanding: 100);

        (await Propose(Month.Of(DateTimeOffset.UtcNow))).Problem.ShouldBe("period-not-over");
        (await Propose(month.Next())).Problem.ShouldBe("period-not-next");
        foreach (var name in new[] { Month.Of(DateTimeOffset.UtcNow).Next().ToString(), "2017-13", "2017-1", "nonsense", "' or 1=1--" })
        {
            var reply = await service.Post($"/v1/liability/periods/{Uri.EscapeDataString(name)}/closing", new { });
            (reply.Status, reply.Problem).ShouldBe((HttpStatusCode.NotFound, "period-unknown"));
            (await service.Get($"/v1/liability/periods/{Uri.EscapeDataString(name)}")).Status.ShouldBe(HttpStatusCode.NotFound);
        }

        await Close(month);
        (await Propose(Month.Of(month.First.AddYears(-5)))).Problem.ShouldBe("period-not-next");
    }

    [Fact]
    public async Task lets_no_estimate_reach_into_a_closed_month()
    {
        var month = next;
        var (grocery, _) = await service.Admit();
        await Publish(Accrued(grocery, 100, 100_00, month));
        await Shows(grocery, month, outstanding: 100);
        var waiting = await Put(month, grocery, "0.5");
        await Close(month);

        (await Put(month, grocery, "0.6")).Problem.ShouldBe("estimates-backdated");
        (await Decide(waiting.Body.GetProperty("version").GetInt32(), "approval")).Problem.ShouldBe("estimates-backdated");
        Cohort((await service.Get($"/v1/liability/periods/{month}")).Body, grocery).GetProperty("estimateVersion").ValueKind.ShouldBe(JsonValueKind.Null);
        (await Decide(waiting.Body.GetProperty("version").GetInt32(), "rejection")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task takes_estimates_from_two_people_once()
    {
        var (grocery, _) = await service.Admit();
        var proposed = await Put(next, grocery, "0.9");
        (proposed.Status, proposed.Body.GetProperty("status").GetString()).ShouldBe((HttpStatusCode.Created, "proposed"));
        (await Put(next, grocery, "0.90")).Status.ShouldBe(HttpStatusCode.OK);
        var version = proposed.Body.GetProperty("version").GetInt32();
        var same = await service.Post($"/v1/liability/estimates/{version}/approval", new { });
        (same.Status, same.Problem).ShouldBe((HttpStatusCode.Forbidden, "same-person"));
        for (var i = 0; i < 2; i++) (await Decide(version, "approval")).Body.GetProperty("status").GetString().ShouldBe("approved");
        (await Decide(version, "rejection")).Status.ShouldBe(HttpStatusCode.Conflict);
        (await Decide(9999, "approval")).Problem.ShouldBe("estimates-unknown");
        (await service.Get("/v1/liability/estimates")).Body.GetProperty("versions").EnumerateArray().Last().GetProperty("estimates")[0]
            .GetProperty("redemptionRate").GetDecimal().ShouldBe(0.9m);
    }

    [Theory]
    [InlineData("""{"effectiveFrom":"2017-06","estimates":[]}""", 422), InlineData("""{"effectiveFrom":"2017-6","estimates":[{"redemptionRate":1}]}""", 422)]
    [InlineData("""{"effectiveFrom":"2999-06","estimates":[{"redemptionRate":1.01}]}""", 422), InlineData("""{"effectiveFrom":"2999-06","estimates":[{"redemptionRate":-0.5}]}""", 422)]
    [InlineData("""{"effectiveFrom":"2999-06","estimates":[{"redemptionRate":0.1234567}]}""", 422), InlineData("""{"effectiveFrom":"2999-06","estimates":[{"redemptionRate":1},{"redemptionRate":0.5}]}""", 422)]
    [InlineData("""{"effectiveFrom":"2999-06","estimates":[{"redemptionRate":1,"pointValue":-1}]}""", 422), InlineData("""{"effectiveFrom":"2999-06","estimates":[null]}""", 400)]
    [InlineData("""{"effectiveFrom":"2999-06","estimates":[{"redemptionRate":"1"}]}""", 400), InlineData("""{"effectiveFrom":"2999-06","estimates":[{}]}""", 400)]
    [InlineData("""{"effectiveFrom":"2999-06","estimates":null}""", 400), InlineData("""{"effectiveFrom":"2999-06","estimates":[{"redemptionRate":1,"rate":1}]}""", 400)]
    public async Task refuses_estimates_that_nobody_could_mean(string document, int status) =>
        ((int)(await service.PutText("/v1/liability/estimates", document)).Status).ShouldBe(status);

    [Fact]
    public async Task shows_what_other_estimates_would_do_and_changes_nothing()
    {
        var month = next;
        var (grocery, _) = await service.Admit(redeemPrice: 1m);
        await Publish(Accrued(grocery, 10_000, 100_000_00, month), Redeemed(grocery, 4_500, month, month));
        await Shows(grocery, month, outstanding: 5_500);
        await Estimate(month, grocery, "0.95");
        var before = (await service.Get($"/v1/liability/revenue?period={month}&issuer={grocery}")).Text;

        var reply = await service.Get($"/v1/liability/sensitivity?period={month}&issuer={grocery}&by=-10,0,5,10");
        var cases = reply.Body.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("totals")[0]).ToList();
        cases.Select(c => c.GetProperty("expected").GetInt64()).ShouldBe([8_500L, 9_500L, 10_000L, 10_000L]);
        cases.Select(c => Amount(c, "recognised")).ShouldBe([4593.07m, 4109.59m, 3904.11m, 3904.11m]);
        cases.ShouldAllBe(c => Amount(c, "recognised") + Amount(c, "contractLiability") == 8675.80m);
        (await service.Get($"/v1/liability/revenue?period={month}&issuer={grocery}")).Text.ShouldBe(before);
        await Close(month);
    }

    private static JsonElement Cohort(JsonElement period, Guid issuer) =>
        period.GetProperty("cohorts").EnumerateArray().Single(c => c.GetProperty("issuer").GetGuid() == issuer);

    private static decimal Amount(JsonElement of, string member) => of.GetProperty(member).GetProperty("amount").GetDecimal();

    private Task Shows(Guid issuer, Month month, long outstanding) => Eventually.Holds(async () =>
        Cohort((await service.Get($"/v1/liability/periods/{month}")).Body, issuer).GetProperty("outstanding").GetInt64().ShouldBe(outstanding));

    private Task<Reply> Put(Month from, Guid issuer, string rate) => service.PutText(
        "/v1/liability/estimates", $$"""{"effectiveFrom":"{{from}}","estimates":[{"issuer":"{{issuer}}","redemptionRate":{{rate}}}]}""");

    private async Task Estimate(Month from, Guid issuer, string rate) =>
        (await Decide((await Put(from, issuer, rate)).Body.GetProperty("version").GetInt32(), "approval")).Status.ShouldBe(HttpStatusCode.OK);

    private async Task<Reply> Decide(int version, string decision) =>
        await service.Post($"/v1/liability/estimates/{version}/{decision}", new { }, approver ??= await service.Token("approver", TheService.ApproverSecret));

    private Task<Reply> Propose(Month month) => service.Post($"/v1/liability/periods/{month}/closing", new { });

    private async Task<Reply> Decide(Month month, string decision) =>
        await service.Post($"/v1/liability/periods/{month}/closing/{decision}", new { }, approver ??= await service.Token("approver", TheService.ApproverSecret));

    private async Task Close(Month month)
    {
        (await Propose(month)).Status.ShouldBe(HttpStatusCode.OK);
        var closed = await Decide(month, "approval");
        closed.Body.GetProperty("status").GetString().ShouldBe("closed", closed.Text);
        next = month.Next();
    }

    private async Task Publish(params IReadOnlyList<object> events)
    {
        await using var ledger = await Messages.Connect(service.Broker.Uri);
        foreach (var page in events.GroupBy(e => e.GetType()))
            await ledger.Publish([.. page.Select(e => (Guid.CreateVersion7(), e))]);
    }

    private static PurchaseAccrued Accrued(Guid partner, long points, long amount, Month at) =>
        new(Guid.NewGuid(), partner, "S1", Id(), amount, "EUR", points, 1, Noon(at), Noon(at));

    private static PointsRedeemed Redeemed(Guid partner, long points, Month vintage, Month at) =>
        new(Guid.NewGuid(), partner, "S1", Id(), null, points, [new(partner, "p", points, 1, Noon(vintage))], 1, Noon(at), Noon(at));

    private static DateTimeOffset Noon(Month month) => new(month.First.AddDays(14).ToDateTime(new(12, 0)), TimeSpan.Zero);

    private static string Id() => Guid.NewGuid().ToString("N", InvariantCulture);
}
