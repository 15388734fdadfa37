using Loyalty.PointsLedger.Domain;
using Loyalty.Testing;
using Shouldly;
using Xunit;
using Cards = Loyalty.Contracts.Cards.V1;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(RunningLedger))]
public class SpendingPoints(RunningLedger ledger)
{
    private readonly Till till = ledger.Till(ledger.Fuel);

    [Fact]
    public async Task works_at_another_partner_and_says_who_had_issued_the_points()
    {
        var member = await ledger.EnrolWith(10);
        (await till.Buy(member, 5)).ShouldBe(201);
        var answer = (await till.Redeem(member, 12)).ShouldBe(201);
        (answer.Number("points"), answer.Number("balance"), answer.Number("agreementVersion")).ShouldBe((12, 3, 1));
        answer.Json.GetProperty("draws").EnumerateArray().Select(d => (d.GetProperty("issuer").GetGuid(), d.GetProperty("points").GetInt64()))
            .ShouldBe([(ledger.Grocery.Id, 10), (ledger.Fuel.Id, 2)]);
    }

    [Fact]
    public async Task of_more_than_there_is_is_refused_and_stays_refused()
    {
        var member = await ledger.EnrolWith(10);
        var (id, at) = (ledger.NewId(), Till.Now);
        var refused = await till.Redeem(member, 11, id, at);
        refused.ShouldBeRefused(422, "insufficient-points");
        (await till.Buy(member, 10)).ShouldBe(201);
        (await till.Redeem(member, 11, id, at)).Body.ShouldBe(refused.Body);
        (await till.Balance(member)).ShouldBe(20);
    }

    [Fact]
    public async Task of_the_whole_balance_a_hundred_times_at_once_succeeds_once()
    {
        var member = await ledger.EnrolWith(100);
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => ledger.Till(i % 2 == 0 ? ledger.Grocery : ledger.Fuel).Redeem(member, 100)));
        answers.Count(a => a.Status == 201).ShouldBe(1);
        answers.Count(a => a.Status == 422).ShouldBe(99);
        (await till.Balance(member)).ShouldBe(0);
        await StoredStateIsTheFold(member);
    }

    [Fact]
    public async Task in_any_mix_leaves_a_stored_state_equal_to_the_fold()
    {
        var member = await ledger.EnrolWith(50);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
        {
            if (i % 4 == 0) await till.Buy(member, i);
            else if (i % 4 == 1) await till.Redeem(member, i);
            else if ((await till.Reserve(member, i)) is { Status: 201 } held)
            {
                if (i % 4 == 2) await till.Capture(held.Text("transactionId")!, 1);
                else await till.Release(held.Text("transactionId")!);
            }
        }));
        await StoredStateIsTheFold(member);
    }

    [Theory]
    [InlineData("0", 422), InlineData("-1", 422), InlineData("-0", 422), InlineData("1.5", 422), InlineData("9223372036854775807", 422)]
    [InlineData("100.0", 400), InlineData("\"5\"", 400), InlineData("1e2", 400), InlineData("9223372036854775808", 400)]
    public async Task of_a_bad_number_of_points_is_refused(string points, int status)
    {
        var member = await ledger.EnrolWith(200);
        var body = $$"""{"transactionId":"{{ledger.NewId()}}","card":"{{member.Card}}","store":"MAIN","points":{{points}},"occurredAt":"{{Till.Now}}"}""";
        (await till.PostText("/v1/redemptions", body)).ShouldBe(status);
        (await till.PostText("/v1/reservations", body)).ShouldBe(status);
        (await till.Balance(member)).ShouldBe(200);
    }

    [Fact]
    public async Task stops_when_the_card_is_blocked_while_earning_goes_on()
    {
        var member = await ledger.EnrolWith(10);
        await ledger.Publish(new Cards.CardBlocked(member.CardId, member.Card, member.Id, "stolen", DateTimeOffset.UtcNow, 4));
        await Eventually.Holds(async () => (await ledger.Store.Load<Account>(member.Id))!.State.Cards[member.Card].Blocked);
        (await till.Redeem(member, 1)).ShouldBeRefused(422, "card-blocked");
        (await till.Reserve(member, 1)).ShouldBeRefused(422, "card-blocked");
        (await till.Redeem(member with { Card = member.Barcode }, 1)).ShouldBeRefused(422, "card-blocked");
        (await till.Buy(member, 5)).ShouldBe(201).Number("balance").ShouldBe(15);
    }

    [Fact]
    public async Task needs_an_agreement_a_store_and_the_scope()
    {
        var member = await ledger.EnrolWith(10);
        (await ledger.Till(ledger.Fuel, "ledger.post").Redeem(member, 1)).ShouldBe(403);
        (await till.Redeem(member, 1, at: "2015-06-01T00:00:00Z")).ShouldBeRefused(422, "no-agreement");
    }

    private async Task StoredStateIsTheFold(Member member)
    {
        var stored = (await ledger.Store.Load<Account>(member.Id))!;
        var folded = (await ledger.Store.AggregateStream<Account>(member.Id))!;
        System.Text.Json.JsonSerializer.Serialize(stored.State).ShouldBe(System.Text.Json.JsonSerializer.Serialize(folded));
        (await ledger.Store.FetchStream(member.Id)).Select(e => e.Version).ShouldBe(Enumerable.Range(1, (int)stored.Version).Select(v => (long)v));
    }
}

[Collection(nameof(RunningLedger))]
public class ReservingPoints(RunningLedger ledger)
{
    private readonly Till till = ledger.Till(ledger.Fuel);

    [Fact]
    public async Task sets_points_aside_and_captures_some_of_them()
    {
        var member = await ledger.EnrolWith(20);
        var (hold, capture) = (ledger.NewId(), ledger.NewId());
        (await till.Reserve(member, 15, hold)).ShouldBe(201).Number("balance").ShouldBe(5);
        (await till.Get($"/v1/cards/{member.Card}/balance")).Number("reserved").ShouldBe(15);
        (await till.Redeem(member, 6)).ShouldBeRefused(422, "insufficient-points");

        var request = new { transactionId = capture, points = 10, occurredAt = Till.Now };
        var captured = (await till.Post($"/v1/reservations/{hold}/capture", request)).ShouldBe(201);

        (captured.Number("points"), captured.Number("released"), captured.Number("balance")).ShouldBe((10, 5, 10));
        (await till.Post($"/v1/reservations/{hold}/capture", request)).Body.ShouldBe(captured.Body);
        (await till.Capture(hold, 1)).ShouldBeRefused(422, "reservation-not-open");
        (await till.Release(hold)).ShouldBeRefused(422, "reservation-not-open");
        (await till.Balance(member)).ShouldBe(10);
    }

    [Fact]
    public async Task can_be_released()
    {
        var member = await ledger.EnrolWith(20);
        var hold = ledger.NewId();
        (await till.Reserve(member, 15, hold)).ShouldBe(201);
        var request = new { transactionId = ledger.NewId(), occurredAt = Till.Now };
        var released = (await till.Post($"/v1/reservations/{hold}/release", request)).ShouldBe(201);
        (released.Number("points"), released.Number("balance")).ShouldBe((15, 20));
        (await till.Post($"/v1/reservations/{hold}/release", request)).Body.ShouldBe(released.Body);
    }

    [Fact]
    public async Task is_captured_within_its_bounds_and_by_its_owner_only()
    {
        var member = await ledger.EnrolWith(20);
        var hold = ledger.NewId();
        (await till.Reserve(member, 15, hold)).ShouldBe(201);
        (await till.Capture(hold, 16)).ShouldBeRefused(422, "capture-exceeds-reservation");
        (await till.Capture(hold, 0)).ShouldBe(422);
        (await till.Capture(ledger.NewId())).ShouldBeRefused(404, "unknown-transaction");
        (await ledger.Till(ledger.Grocery).Capture(hold)).ShouldBeRefused(404, "unknown-transaction");
        (await ledger.Till(ledger.Grocery).Release(hold)).ShouldBeRefused(404, "unknown-transaction");
        (await till.Capture(hold)).ShouldBe(201).Number("points").ShouldBe(15);
    }
}
