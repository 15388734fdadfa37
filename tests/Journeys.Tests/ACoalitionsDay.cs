namespace Loyalty.Journeys.Tests;

/// <summary>What members and partners do on any day, over the public interfaces.</summary>
[Collection(RunningCoalition.Name)]
public sealed class ACoalitionsDay(Coalition coalition)
{
    [Fact]
    public async Task earns_at_one_partner_and_spends_at_another_and_settles_between_them()
    {
        var supermarket = await coalition.Operator.Admit(pointsPerUnit: 1m, issuePrice: 0.010m, redeemPrice: 0.008m);
        var pharmacy = await coalition.Operator.Admit(pointsPerUnit: 3m, issuePrice: 0.020m, redeemPrice: 0.009m);
        var anna = await coalition.Operator.EnrolOne(supermarket);

        var groceries = await supermarket.BuyWhenKnown(anna, 84.60m);
        groceries.Number("points").ShouldBe(84);
        var medicineId = Till.NextId();
        (await pharmacy.BuyWhenKnown(anna, 40.00m, medicineId)).Number("balance").ShouldBe(84 + 120);

        var spent = (await pharmacy.Redeem(anna, 150)).Accepted();
        spent.Number("points").ShouldBe(150);
        spent.Number("balance").ShouldBe(54);

        var returned = (await pharmacy.Return(medicineId, 10.00m)).Accepted();
        returned.Number("points").ShouldBe(30);
        (await supermarket.Balance(anna)).ShouldBe(24);

        await Eventually.Holds(async () =>
        {
            (await coalition.Operator.PositionOf(supermarket)).ShouldBe(new Position(84, 0, 0.84m, 0m, -0.84m));
            (await coalition.Operator.PositionOf(pharmacy)).ShouldBe(new Position(90, 150, 1.80m, 1.35m, -0.45m));
        });
        Settlement.NetsOfAll(await coalition.Operator.Settlements()).ShouldAllBe(net => net == 0m);
    }

    [Fact]
    public async Task answers_a_repeated_request_as_before_and_changes_nothing()
    {
        var till = await coalition.Operator.Admit();
        var ben = await coalition.Operator.EnrolOne(till);
        var id = Till.NextId();

        var first = await till.BuyWhenKnown(ben, 45.00m, id);
        var again = await till.Buy(ben, 45.00m, id);

        again.ShouldBe(first);
        (await till.Balance(ben)).ShouldBe(45);
        (await till.Buy(ben, 46.00m, id)).Code.ShouldBe("transaction-differs");
        (await till.Balance(ben)).ShouldBe(45);
    }

    [Fact]
    public async Task refuses_to_overspend_and_remembers_the_refusal()
    {
        var till = await coalition.Operator.Admit();
        var ben = await coalition.Operator.EnrolOne(till);
        await till.BuyWhenKnown(ben, 45.00m);
        var id = Till.NextId();

        var refused = await till.Redeem(ben, 46, id);
        refused.Code.ShouldBe("insufficient-points");
        ((int)refused.Status).ShouldBe(422);
        await till.Buy(ben, 100.00m);

        (await till.Redeem(ben, 46, id)).ShouldBe(refused);
        (await till.Balance(ben)).ShouldBe(145);
    }

    [Fact]
    public async Task lets_no_blocked_card_spend()
    {
        var till = await coalition.Operator.Admit();
        var chiara = await coalition.Operator.EnrolOne(till);
        await till.BuyWhenKnown(chiara, 120.99m);

        await coalition.Operator.Block(chiara, "stolen");

        await Eventually.Holds(async () => (await till.Redeem(chiara, 1_000_000)).Code.ShouldBe("card-blocked"));
        (await till.Redeem(chiara, 20)).Code.ShouldBe("card-blocked");
        (await till.Balance(chiara)).ShouldBe(120);
    }

    [Fact]
    public async Task grants_a_whole_balance_to_exactly_one_of_100_parallel_redemptions()
    {
        var till = await coalition.Operator.Admit();
        var member = await coalition.Operator.EnrolOne(till);
        await till.BuyWhenKnown(member, 500.00m);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => till.Redeem(member, 500)));

        answers.Count(answer => (int)answer.Status == 201).ShouldBe(1);
        answers.Count(answer => answer.Code == "insufficient-points").ShouldBe(99);
        (await till.Balance(member)).ShouldBe(0);
    }

    [Fact]
    public async Task is_shown_by_the_demo_as_often_as_one_likes()
    {
        for (var day = 0; day < 2; day++)
        {
            var demo = await CommandLine.Run(coalition, "demo");
            demo.ExitCode.ShouldBe(0, demo.ToString());
            demo.Output.ShouldContain("refused: insufficient-points");
            demo.Output.ShouldContain("refused: card-blocked");
            demo.Output.ShouldContain("Net of all partners and the coalition: 0.00");
            demo.Output.ShouldContain(new Uri(coalition.UrlOf(Coalition.Ledger), "swagger").ToString());
        }
    }
}
