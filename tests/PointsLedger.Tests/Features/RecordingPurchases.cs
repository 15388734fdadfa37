using System.Globalization;
using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(RunningLedger))]
public class RecordingPurchases(RunningLedger ledger)
{
    private readonly Till till = ledger.Till(ledger.Grocery);

    [Fact]
    public async Task earns_points_and_says_so()
    {
        var member = await ledger.Enrol();
        var answer = (await till.Buy(member, 12.34m, "earn-1")).ShouldBe(201);
        answer.Headers.Location!.ToString().ShouldBe("/v1/transactions/earn-1");
        answer.Text("transactionId").ShouldBe("earn-1");
        answer.Json.GetProperty("account").GetGuid().ShouldBe(member.Id);
        (answer.Number("points"), answer.Number("debtRepaid"), answer.Number("balance"), answer.Number("version"), answer.Number("agreementVersion"))
            .ShouldBe((12, 0, 12, 3, 1));
        answer.Json.GetProperty("late").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task works_with_the_barcode_and_for_nothing_at_all()
    {
        var member = await ledger.Enrol();
        (await till.Buy(member with { Card = member.Barcode }, 5)).ShouldBe(201).Number("balance").ShouldBe(5);
        (await till.Buy(member, 0.00m)).ShouldBe(201).Number("points").ShouldBe(0);
    }

    [Fact]
    public async Task takes_effect_once_and_is_answered_alike_for_ever()
    {
        var member = await ledger.Enrol();
        var (id, at) = (ledger.NewId(), Till.Now);
        var first = (await till.Buy(member, 10, id, at)).ShouldBe(201);
        (await till.Buy(member, 10)).ShouldBe(201);

        var again = (await till.Buy(member, 10, id, at)).ShouldBe(201);

        again.Body.ShouldBe(first.Body);
        again.Headers.Location.ShouldBe(first.Headers.Location);
        (await till.Balance(member)).ShouldBe(20);
    }

    [Fact]
    public async Task is_a_repeat_however_the_same_content_is_written()
    {
        var member = await ledger.Enrol();
        var id = ledger.NewId();
        var body = $$"""{"transactionId":"{{id}}","card":"{{member.Card}}","store":"MAIN","amount":10.5,"currency":"EUR","occurredAt":"{{Till.Now[..19]}}Z"}""";
        var first = (await till.PostText("/v1/purchases", body)).ShouldBe(201);
        var rewritten = body.Replace("10.5", "10.50").Replace(",", " ,\n ").Replace("{", "{ ");
        (await till.PostText("/v1/purchases", rewritten)).Body.ShouldBe(first.Body);
        (await till.PostText("/v1/purchases", body.Replace("\"transactionId\":\"" + id + "\",", ""), idempotencyKey: id)).Body.ShouldBe(first.Body);
    }

    [Fact]
    public async Task is_refused_when_an_id_comes_back_with_other_content()
    {
        var member = await ledger.EnrolWith(100);
        var (id, at) = (ledger.NewId(), Till.Now);
        (await till.Buy(member, 10, id, at)).ShouldBe(201);
        (await till.Buy(member, 10.01m, id, at)).ShouldBeRefused(422, "transaction-differs");
        (await till.Redeem(member, 10, id, at)).ShouldBeRefused(422, "transaction-differs");
        (await till.Balance(member)).ShouldBe(110);
    }

    [Fact]
    public async Task takes_no_notice_of_the_ids_of_another_partner()
    {
        var member = await ledger.Enrol();
        var id = ledger.NewId();
        (await till.Buy(member, 10, id)).ShouldBe(201);
        (await ledger.Till(ledger.Fuel).Buy(member, 7, id)).ShouldBe(201).Number("balance").ShouldBe(17);
    }

    [Fact]
    public async Task takes_effect_once_when_sent_a_hundred_times_at_once()
    {
        var member = await ledger.Enrol();
        var (id, at) = (ledger.NewId(), Till.Now);
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => till.Buy(member, 10, id, at)));
        answers.ShouldAllBe(a => a.Status == 201);
        answers.Select(a => a.Body).Distinct().ShouldHaveSingleItem();
        (await till.Balance(member)).ShouldBe(10);
    }

    [Fact]
    public async Task is_rated_by_the_terms_at_the_time_of_purchase()
    {
        var partner = new Partner(Guid.NewGuid(), "FLORAL");
        await ledger.Admit(partner);
        var spring = new DateTimeOffset(2017, 3, 1, 0, 0, 0, TimeSpan.Zero);
        await ledger.Agree(partner, 2, spring, 2m);
        await ledger.Agree(partner, 3, spring, 3m);
        var (member, florist) = (await ledger.Enrol(), ledger.Till(partner));

        var before = (await florist.Buy(member, 10, at: "2017-02-28T23:59:59.999Z")).ShouldBe(201);
        var after = (await florist.Buy(member, 10, at: "2017-03-01T01:00:00+01:00")).ShouldBe(201);

        (before.Number("points"), before.Number("agreementVersion")).ShouldBe((10, 1));
        (after.Number("points"), after.Number("agreementVersion")).ShouldBe((30, 3));
    }

    [Fact]
    public async Task is_refused_for_what_nobody_has_told_of_and_accepted_once_they_have()
    {
        var member = await ledger.Enrol();
        var stranger = new Partner(Guid.NewGuid(), "GARDEN");
        (await till.Buy(member, 10, at: "2015-12-31T23:59:59Z")).ShouldBeRefused(422, "no-agreement");
        (await till.Buy(member, 10, store: "ELSEWHERE")).ShouldBeRefused(422, "unknown-store");
        var (id, at) = (ledger.NewId(), Till.Now);
        (await ledger.Till(stranger).Buy(member, 10, id, at)).ShouldBeRefused(422, "unknown-store");
        await ledger.Admit(stranger);
        (await ledger.Till(stranger).Buy(member, 10, id, at)).ShouldBe(201);
    }

    [Fact]
    public async Task may_come_late_within_limits()
    {
        var member = await ledger.Enrol();
        var plain = ledger.Till(ledger.Grocery, "ledger.post");
        (await plain.Buy(member, 1, at: Ago(TimeSpan.FromDays(3)))).ShouldBe(201).Json.GetProperty("late").GetBoolean().ShouldBeTrue();
        (await plain.Buy(member, 1, at: Ago(TimeSpan.FromDays(8)))).ShouldBeRefused(422, "too-late");
        (await plain.Buy(member, 1, at: Ago(TimeSpan.FromDays(3650)))).ShouldBeRefused(422, "too-late");
        (await plain.Buy(member, 1, at: Ago(TimeSpan.FromMinutes(-6)))).ShouldBeRefused(422, "too-early");
        (await till.Buy(member, 1, at: "2017-01-01T07:30:27Z")).ShouldBe(201).Json.GetProperty("late").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [InlineData("-1", 422), InlineData("-0", 422), InlineData("-0.00", 422), InlineData("1e-30", 422), InlineData("1.001", 422)]
    [InlineData("9223372036854775807", 422), InlineData("1.0000000000000000000000000000001", 422)]
    [InlineData("\"5\"", 400), InlineData("1e309", 400), InlineData("1e2", 400), InlineData("9223372036854775808", 400)]
    [InlineData("NaN", 400), InlineData("Infinity", 400), InlineData("0x10", 400), InlineData("01", 400), InlineData("+1", 400), InlineData("null", 400)]
    public async Task is_refused_with_a_bad_amount(string amount, int status)
    {
        var member = await ledger.Enrol();
        (await till.PostText("/v1/purchases", Body(member.Card, amount: amount))).ShouldBe(status);
        (await till.Balance(member)).ShouldBe(0);
    }

    [Theory]
    [InlineData("eur"), InlineData("XXX"), InlineData("EURO"), InlineData(""), InlineData("USD")]
    public async Task is_refused_in_a_bad_currency(string currency)
    {
        var member = await ledger.Enrol();
        (await till.PostText("/v1/purchases", Body(member.Card, currency: currency))).ShouldBe(422);
    }

    [Theory]
    [InlineData("2017-03-01T10:00:00"), InlineData("2017-02-30T10:00:00Z"), InlineData("2017-03-01T10:00:60Z"), InlineData("yesterday"), InlineData("1488362400"), InlineData("")]
    public async Task is_refused_at_a_time_that_is_none(string time)
    {
        var member = await ledger.Enrol();
        (await till.PostText("/v1/purchases", Body(member.Card, time: time))).ShouldBe(400);
    }

    [Theory]
    [InlineData(""), InlineData("with space"), InlineData("trailing "), InlineData("caf\u00e9"), InlineData("cafe\u0301"), InlineData("\u0430bc"), InlineData("a/b")]
    public async Task is_refused_under_a_bad_id(string id)
    {
        var member = await ledger.Enrol();
        (await till.PostText("/v1/purchases", Body(member.Card, id: id))).ShouldBe(400);
        (await till.PostText("/v1/purchases", Body(member.Card, id: new string('a', 65)))).ShouldBe(400);
        (await till.PostText("/v1/purchases", Body(member.Card, id: "one"), idempotencyKey: "two")).ShouldBe(400);
        (await till.PostText("/v1/purchases", Body(member.Card).Replace("\"transactionId\"", "\"transaction\""))).ShouldBe(400);
    }

    [Fact]
    public async Task is_refused_for_a_card_with_a_wrong_check_digit_or_that_leads_nowhere()
    {
        (await till.PostText("/v1/purchases", Body("6276480000000001"))).ShouldBe(422);
        (await till.PostText("/v1/purchases", Body("' OR 1=1--"))).ShouldBe(422);
        (await till.PostText("/v1/purchases", Body(RunningLedger.WithLuhn("627648099999999")))).ShouldBeRefused(404, "unknown-card");
    }

    [Fact]
    public async Task needs_a_token_of_a_partner_that_may_post()
    {
        var member = await ledger.Enrol();
        (await ledger.Bearing("garbage").Buy(member, 1)).ShouldBe(401);
        (await ledger.Till(ledger.Grocery, "ledger.read").Buy(member, 1)).ShouldBe(403);
        (await ledger.Bearing(ledger.Tokens.Operator("ledger.post")).Buy(member, 1)).ShouldBe(403);
        (await till.Balance(member)).ShouldBe(0);
    }

    [Fact]
    public async Task is_refused_however_badly_the_request_is_put()
    {
        var member = await ledger.Enrol();
        await new BadTransport(ledger.Url, "/v1/purchases", ledger.Tokens.Partner(ledger.Grocery.Id, "GROCERY", "ledger.post"), Body(member.Card), "transactionId").AllAreRefused();
        (await till.Balance(member)).ShouldBe(0);
    }

    [Fact]
    public async Task is_stopped_for_a_client_that_scans_for_card_numbers()
    {
        var scanner = ledger.Bearing(ledger.Tokens.Issue(claims =>
            (claims["client_id"], claims["partner"], claims["scope"]) = ("scanner", ledger.Grocery.Id.ToString(), "ledger.post")));
        for (var i = 0; i < 60; i++)
            (await scanner.PostText("/v1/purchases", Body(RunningLedger.WithLuhn($"62764809{i:D7}")))).ShouldBe(404);
        (await scanner.PostText("/v1/purchases", Body(RunningLedger.WithLuhn("627648099999998")))).ShouldBe(429);
        (await scanner.Buy(await ledger.Enrol(), 1)).ShouldBe(429);
        (await till.Buy(await ledger.Enrol(), 1)).ShouldBe(201);
    }

    private static string Ago(TimeSpan time) => (DateTimeOffset.UtcNow - time).ToString("O", CultureInfo.InvariantCulture);

    private string Body(string card, string amount = "1.00", string currency = "EUR", string? time = null, string? id = null) =>
        $$"""{"transactionId":"{{id ?? ledger.NewId()}}","card":"{{card}}","store":"MAIN","amount":{{amount}},"currency":"{{currency}}","occurredAt":"{{time ?? Till.Now}}"}""";
}
