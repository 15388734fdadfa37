using System.Text.Json.Nodes;

namespace Loyalty.Journeys.Tests;

/// <summary>What the tills issue and accept is owed by the same partners at the liability desk as in the ledger.</summary>
[Collection(ClosingCoalition.Name)]
public sealed class LiabilityAcrossServices(Coalition coalition)
{
    private readonly TwoOperators operators = new(coalition);

    [Fact]
    public async Task is_what_the_ledger_holds_and_stands_still_for_a_month_that_is_closed()
    {
        var (grocery, pharmacy) = (await coalition.Operator.AdmitRetailer(), await coalition.Operator.AdmitRetailer(pointsPerUnit: 2m));
        var members = await coalition.Operator.Enrol(grocery.Till, 2);
        var (anna, ben) = (members[0], members[1]);
        await Trade(grocery, pharmacy, anna, ben);
        await Agree(grocery, pharmacy, new Owed(180, 0, 110, 0, 0, 0, 70), new Owed(80, 0, 0, 0, 40, 0, 40));
        (await grocery.Till.Balance(anna) + await grocery.Till.Balance(ben)).ShouldBe(70 + 40);

        var month = $"v1/liability/periods/{LastMonth.Name}";
        (await operators.Agree(month + "/closing", new { }, month + "/closing/approval"))["status"]!.GetValue<string>().ShouldBe("closed");
        var closed = await operators.Show(month);
        await grocery.Till.BuyWhenKnown(anna, 10.00m, at: LastMonth.Noon);
        (await pharmacy.Till.Redeem(anna, 5, at: LastMonth.Noon)).Accepted();

        await Agree(grocery, pharmacy, new Owed(190, 0, 115, 0, 0, 0, 75), new Owed(80, 0, 0, 0, 40, 0, 40));
        (await operators.Show(month)).Text.ShouldBe(closed.Text);
        var late = (await operators.Show($"v1/liability/periods/{LastMonth.Next}")).Body["late"]!.AsArray().Where(l => l!["issuer"]!.GetValue<Guid>() == grocery.Id).ShouldHaveSingleItem()!;
        (late["origin"]!.GetValue<string>(), late["issued"]!.GetValue<long>(), late["redeemed"]!.GetValue<long>()).ShouldBe((LastMonth.Name, 10L, 5L));
    }

    // Some of everything in both months; ben returns what he has spent the points of, and later points pay that debt.
    private static async Task Trade(Retailer grocery, Retailer pharmacy, Member anna, Member ben)
    {
        await grocery.Till.BuyWhenKnown(anna, 100.00m, at: LastMonth.Noon);
        await pharmacy.Till.BuyWhenKnown(anna, 20.00m, at: LastMonth.Noon);
        (await pharmacy.Till.Redeem(anna, 60, at: LastMonth.Noon)).Accepted();
        (await grocery.Till.Buy(anna, 30.00m)).Accepted();
        var returned = Till.NextId();
        (await grocery.Till.Buy(ben, 50.00m, returned)).Accepted();
        (await pharmacy.Till.Redeem(ben, 50)).Accepted();
        (await grocery.Till.Return(returned, 50.00m)).Accepted();
        (await pharmacy.Till.Buy(ben, 20.00m)).Accepted();
    }

    // Both follow the tills by message: when they have come to these figures, they say the same of every issuer there is.
    private Task Agree(Retailer grocery, Retailer pharmacy, Owed byGrocery, Owed byPharmacy) => Eventually.Holds(async () =>
    {
        var (ledger, desk) = (await InTheLedger(), await AtTheDesk());
        new[] { desk[grocery.Id], desk[pharmacy.Id] }.ShouldBe([byGrocery, byPharmacy]);
        ledger.OrderBy(l => l.Key).ShouldBe(desk.OrderBy(d => d.Key));
    }, TimeSpan.FromSeconds(30));

    private async Task<IReadOnlyDictionary<Guid, Owed>> InTheLedger()
    {
        var answer = (await coalition.Client("operator", coalition.OperatorSecret).Get(new Uri(coalition.UrlOf(Coalition.Ledger), "v1/liability"))).Accepted();
        return answer.Body["issuers"]!.AsArray().ToDictionary(i => i!["issuer"]!.GetValue<Guid>(), i => new Owed(
            Of(i, "issued"), Of(i, "reversed") - Of(i, "owed"), Of(i, "redeemed"), Of(i, "restored"), Of(i, "repaid"), Of(i, "expired"), Of(i, "outstanding")));
    }

    private async Task<IReadOnlyDictionary<Guid, Owed>> AtTheDesk() =>
        (await operators.Show("v1/liability")).Body["issuers"]!.AsArray().ToDictionary(i => i!["issuer"]!.GetValue<Guid>(), i =>
        {
            var vintages = i!["vintages"]!.AsArray();
            return new Owed(Sum("issued"), Sum("takenBack"), Sum("redeemed"), Sum("putBack"), Sum("repaid"), Sum("expired"), Of(i, "outstanding"));

            long Sum(string what) => vintages.Sum(v => Of(v, what));
        });

    private static long Of(JsonNode? figures, string what) => figures![what]!.GetValue<long>();

    /// <summary>What became of the points of one issuer.</summary>
    private sealed record Owed(long Issued, long TakenBack, long Redeemed, long PutBack, long Repaid, long Expired, long Outstanding);
}
