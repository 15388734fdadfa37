using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(RunningLedger))]
public class ReversingTransactions(RunningLedger ledger)
{
    private readonly Till till = ledger.Till(ledger.Fuel);

    [Fact]
    public async Task voids_all_that_remains_of_a_purchase_once()
    {
        var member = await ledger.EnrolWith(100);
        var purchase = ledger.NewId();
        (await till.Buy(member, 10, purchase)).ShouldBe(201);
        (await till.Return(purchase, 4)).ShouldBe(201);
        var request = new { transactionId = ledger.NewId(), occurredAt = Till.Now };

        var reversed = (await till.Post($"/v1/transactions/{purchase}/reversal", request)).ShouldBe(201);

        (reversed.Text("status"), reversed.Number("points"), reversed.Number("balance")).ShouldBe(("reversed", 6, 100));
        (await till.Post($"/v1/transactions/{purchase}/reversal", request)).Body.ShouldBe(reversed.Body);
        (await till.Reverse(purchase)).ShouldBeRefused(409, "purchase-reversed");
        (await till.Return(purchase, 1)).ShouldBeRefused(409, "purchase-reversed");
    }

    [Fact]
    public async Task gives_the_points_of_a_redemption_back_once()
    {
        var member = await ledger.EnrolWith(10);
        var redemption = ledger.NewId();
        (await till.Redeem(member, 10, redemption)).ShouldBe(201);
        (await till.Reverse(redemption)).ShouldBe(201).Number("balance").ShouldBe(10);
        (await till.Reverse(redemption)).ShouldBeRefused(409, "redemption-reversed");
    }

    [Fact]
    public async Task gives_the_points_of_a_capture_back_and_releases_an_open_reservation()
    {
        var member = await ledger.EnrolWith(10);
        var (hold, capture, open) = (ledger.NewId(), ledger.NewId(), ledger.NewId());
        (await till.Reserve(member, 6, hold)).ShouldBe(201);
        (await till.Capture(hold, id: capture)).ShouldBe(201);
        (await till.Reserve(member, 4, open)).ShouldBe(201);
        (await till.Reverse(hold)).ShouldBeRefused(422, "reservation-not-open");
        (await till.Reverse(capture)).ShouldBe(201).Number("balance").ShouldBe(6);
        (await till.Reverse(open)).ShouldBe(201).Number("balance").ShouldBe(10);
    }

    [Fact]
    public async Task before_the_original_is_kept_and_the_late_original_refused()
    {
        var member = await ledger.EnrolWith(10);
        var (purchase, redemption, at) = (ledger.NewId(), ledger.NewId(), Till.Now);
        var kept = (await till.Reverse(purchase, "early-1", at)).ShouldBe(202);
        kept.Text("status").ShouldBe("kept");
        (await till.Reverse(purchase, "early-1", at)).ShouldBe(202).Body.ShouldBe(kept.Body);
        (await till.Reverse(purchase)).ShouldBe(202);
        (await till.Reverse(redemption)).ShouldBe(202);

        var late = await till.Buy(member, 5, purchase, at);
        late.ShouldBeRefused(409, "purchase-reversed");
        (await till.Buy(member, 5, purchase, at)).Body.ShouldBe(late.Body);
        (await till.Redeem(member, 5, redemption)).ShouldBeRefused(409, "redemption-reversed");
        (await till.Balance(member)).ShouldBe(10);
    }

    [Fact]
    public async Task of_another_partners_transaction_is_as_if_there_were_none()
    {
        var member = await ledger.EnrolWith(10);
        var redemption = ledger.NewId();
        (await till.Redeem(member, 10, redemption)).ShouldBe(201);
        (await ledger.Till(ledger.Grocery).Reverse(redemption)).ShouldBe(202);
        (await till.Balance(member)).ShouldBe(0);
    }

    [Fact]
    public async Task is_refused_for_reversals_returns_and_releases()
    {
        var member = await ledger.EnrolWith(10);
        var (redemption, reversal, early, purchase, refund, hold, release) =
            (ledger.NewId(), ledger.NewId(), ledger.NewId(), ledger.NewId(), ledger.NewId(), ledger.NewId(), ledger.NewId());
        (await till.Redeem(member, 10, redemption)).ShouldBe(201);
        (await till.Reverse(redemption, reversal)).ShouldBe(201);
        (await till.Reverse(ledger.NewId(), early)).ShouldBe(202);
        (await till.Buy(member, 5, purchase)).ShouldBe(201);
        (await till.Return(purchase, 1, refund)).ShouldBe(201);
        (await till.Reserve(member, 1, hold)).ShouldBe(201);
        (await till.Release(hold, release)).ShouldBe(201);
        foreach (var id in new[] { reversal, early, refund, release })
            (await till.Reverse(id)).ShouldBeRefused(422, "not-reversible");
        (await till.Reverse(purchase, purchase)).ShouldBe(400);
    }

    [Fact]
    public async Task at_the_same_time_as_its_original_leaves_nothing_behind()
    {
        var member = await ledger.Enrol();
        await Task.WhenAll(Enumerable.Range(0, 30).Select(async _ =>
        {
            var id = ledger.NewId();
            var (bought, reversed) = (till.Buy(member, 10, id), till.Reverse(id));
            (await reversed).Status.ShouldBeOneOf(201, 202);
            (await bought).Status.ShouldBe((await reversed).Status == 201 ? 201 : 409);
        }));
        (await till.Balance(member)).ShouldBe(0);
    }
}
