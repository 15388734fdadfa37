using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(RunningLedger))]
public class ReturningPurchases(RunningLedger ledger)
{
    private readonly Till till = ledger.Till(ledger.Grocery);

    [Fact]
    public async Task takes_back_what_the_returned_part_had_earned()
    {
        var member = await ledger.Enrol();
        var purchase = ledger.NewId();
        (await till.Buy(member, 20.50m, purchase)).ShouldBe(201);
        var answer = (await till.Return(purchase, 5)).ShouldBe(201);
        (answer.Number("points"), answer.Number("debt"), answer.Number("balance")).ShouldBe((5, 0, 15));
    }

    [Fact]
    public async Task takes_effect_once()
    {
        var member = await ledger.Enrol();
        var (purchase, id) = (ledger.NewId(), ledger.NewId());
        (await till.Buy(member, 20, purchase)).ShouldBe(201);
        var request = new { transactionId = id, amount = 5, currency = "EUR", occurredAt = Till.Now };
        var first = (await till.Post($"/v1/purchases/{purchase}/returns", request)).ShouldBe(201);
        (await till.Post($"/v1/purchases/{purchase}/returns", request)).Body.ShouldBe(first.Body);
        (await till.Return(purchase, 6, id)).ShouldBeRefused(422, "transaction-differs");
        (await till.Balance(member)).ShouldBe(15);
    }

    [Fact]
    public async Task never_comes_to_more_than_the_purchase_even_at_once()
    {
        var member = await ledger.Enrol();
        var purchase = ledger.NewId();
        (await till.Buy(member, 10, purchase)).ShouldBe(201);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => till.Return(purchase, 1)));
        answers.Count(a => a.Status == 201).ShouldBe(10);
        answers.Count(a => a.Status is 409).ShouldBe(10);
        (await till.Balance(member)).ShouldBe(0);
    }

    [Fact]
    public async Task is_refused_above_what_is_left()
    {
        var member = await ledger.Enrol();
        var purchase = ledger.NewId();
        (await till.Buy(member, 10, purchase)).ShouldBe(201);
        (await till.Return(purchase, 10.01m)).ShouldBeRefused(422, "return-exceeds-purchase");
        (await till.Return(purchase, 6)).ShouldBe(201);
        (await till.Return(purchase, 4.01m)).ShouldBeRefused(422, "return-exceeds-purchase");
        (await till.Return(purchase, 0)).ShouldBe(422);
        (await till.Return(purchase, 1, currency: "USD")).ShouldBeRefused(422, "currency-mismatch");
    }

    [Fact]
    public async Task of_spent_points_leaves_a_debt_that_the_next_purchase_repays()
    {
        var member = await ledger.Enrol();
        var purchase = ledger.NewId();
        (await till.Buy(member, 10, purchase)).ShouldBe(201);
        (await ledger.Till(ledger.Fuel).Redeem(member, 8)).ShouldBe(201);

        var answer = (await till.Return(purchase, 10)).ShouldBe(201);
        (answer.Number("points"), answer.Number("debt"), answer.Number("balance")).ShouldBe((10, 8, 0));

        var next = (await till.Buy(member, 10)).ShouldBe(201);
        (next.Number("points"), next.Number("debtRepaid"), next.Number("balance")).ShouldBe((10, 8, 2));
        (await till.Get($"/v1/accounts/{member.Id}/balance")).ShouldBe(200).Number("debt").ShouldBe(0);
    }

    [Fact]
    public async Task is_refused_for_what_the_partner_never_sold()
    {
        var member = await ledger.Enrol();
        var (purchase, redemption) = (ledger.NewId(), ledger.NewId());
        (await till.Buy(member, 10, purchase)).ShouldBe(201);
        (await till.Redeem(member, 1, redemption)).ShouldBe(201);
        (await till.Return(ledger.NewId(), 1)).ShouldBeRefused(404, "unknown-transaction");
        (await ledger.Till(ledger.Fuel).Return(purchase, 1)).ShouldBeRefused(404, "unknown-transaction");
        (await till.Return(redemption, 1)).ShouldBeRefused(404, "unknown-transaction");
    }
}
