using Loyalty.Contracts.Customers.V1;
using Loyalty.PointsLedger.Domain;
using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(RunningLedger))]
public class ClosingAnAccount(RunningLedger ledger)
{
    private readonly Till till = ledger.Till(ledger.Fuel);
    private readonly Till desk = ledger.Operator();

    [Fact]
    public async Task forfeits_its_points_and_ends_its_cards()
    {
        var member = await ledger.EnrolWith(30);

        (await Close(member)).ShouldBe(200).Number("forfeited").ShouldBe(30);
        (await Close(member)).ShouldBe(200).Number("forfeited").ShouldBe(0);

        (await till.Redeem(member, 1)).ShouldBeRefused(404, "account-closed");
        (await till.Buy(member, 1)).ShouldBeRefused(404, "account-closed");
        (await till.Get($"/v1/cards/{member.Card}/balance")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task waits_for_open_reservations()
    {
        var member = await ledger.EnrolWith(30);
        var hold = ledger.NewId();
        (await till.Reserve(member, 10, hold)).ShouldBe(201);

        (await Close(member)).ShouldBeRefused(409, "reservations-open");
        (await till.Release(hold)).ShouldBe(201);
        (await Close(member)).ShouldBe(200).Number("forfeited").ShouldBe(30);
    }

    [Fact]
    public async Task is_for_operators_and_asks_for_a_reason()
    {
        var member = await ledger.EnrolWith(30);
        (await till.Post($"/v1/accounts/{member.Id}/close", new { reason = "fraud" })).Status.ShouldBe(403);
        (await desk.Post($"/v1/accounts/{member.Id}/close", new { reason = "Anna M. moved" })).Status.ShouldBe(422);
        (await desk.Post($"/v1/accounts/{Guid.NewGuid()}/close", new { reason = "fraud" })).ShouldBeRefused(404, "unknown-account");
        (await till.Balance(member)).ShouldBe(30);
    }

    [Fact]
    public async Task of_an_erased_member_forfeits_what_is_left_even_what_was_set_aside()
    {
        var member = await ledger.EnrolWith(30);
        (await till.Reserve(member, 10)).ShouldBe(201);

        await ledger.Publish(new CustomerErased(member.Id, DateTimeOffset.UtcNow));

        await Eventually.Holds(async () => (await ledger.Store.Load<Account>(member.Id))!.State.Closed);
        (await ledger.Store.FetchStream(member.Id)).Select(e => e.Data).OfType<PointsExpired>().Sum(e => e.Points.Value).ShouldBe(30);
    }

    private Task<Answer> Close(Member member) => desk.Post($"/v1/accounts/{member.Id}/close", new { reason = "moved-away" });
}
