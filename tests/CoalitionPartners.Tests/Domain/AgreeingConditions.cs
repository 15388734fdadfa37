using Loyalty.CoalitionPartners.Domain;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain;

public sealed class AgreeingConditions
{
    private static readonly Terms Penny = new(Noon.AddYears(-1), 1m, 0.010m, 0.008m);
    private static readonly Commercial Usual = Commercial.Usual;
    private static readonly BlockTerms Block = new(new(1000), null, new(100), Replenish: false, WhenEmpty.Overdraw);

    [Fact]
    public void that_are_the_usual_ones_is_agreeing_prices_alone()
    {
        var agreed = Admitted().Agree(Penny, Noon, Usual).Facts().ShouldHaveSingleItem();
        agreed.ShouldBeOfType<AgreementMade>().Commercial.ShouldBeNull();
        Admitted().Agreeing(Penny).Agree(Penny, Noon, Usual).Facts().ShouldBeEmpty();
    }

    [Fact]
    public void again_does_nothing_however_numbers_are_written()
    {
        var split = Usual with { Funding = new(FundingKind.Split, ShareAtIssue: 0.40m), StorePrices = [new("airports", ["S1"], 0.0120m, null)] };
        var partner = Admitted(new Store("S1", "One"));
        partner = partner.Fold(partner.Agree(Penny, Noon, split).Facts());

        partner.Agree(Penny, Noon, split with { Funding = new(FundingKind.Split, ShareAtIssue: 0.4m), StorePrices = [new("airports", ["S1"], 0.012m, null)] }).Facts().ShouldBeEmpty();
        partner.Agree(Penny, Noon, split with { StorePrices = [new("airports", ["S1"], 0.013m, null)] }).Refusal().ShouldBe("agreement-backdated");
        partner.Agree(Penny with { EffectiveFrom = Noon }, Noon, split).Facts().ShouldHaveSingleItem().ShouldBeOfType<AgreementMade>().Version.ShouldBe(2);
    }

    [Fact]
    public void refuses_funding_nobody_can_mean()
    {
        Funding[] wrong =
        [
            new(FundingKind.Prepaid), new(FundingKind.Split), new(FundingKind.Postpaid, Block), new(FundingKind.Postpaid, ShareAtIssue: 1), new(FundingKind.Prepaid, Block, 0.5m),
            new(FundingKind.Split, ShareAtIssue: 1.01m), new(FundingKind.Split, ShareAtIssue: -0.01m), new(FundingKind.Split, ShareAtIssue: 0.1234567m),
            new(FundingKind.Prepaid, Block with { Points = Points.Zero }), new(FundingKind.Prepaid, Block with { AlertBelow = new(-1) }),
        ];
        foreach (var funding in wrong) Refused(Usual with { Funding = funding }).ShouldBe("funding-not-allowed", funding.ToString());
        Refused(Usual with { Funding = new(FundingKind.Prepaid, Block with { Price = -1 }) }).ShouldBe("price-not-allowed");
    }

    [Fact]
    public void refuses_prices_of_stores_that_fit_nowhere()
    {
        IReadOnlyList<GroupPrice>[] wrong =
        [
            [new("a", ["S9"], 0.02m, null)], [new("a", ["S1", "S1"], 0.02m, null)], [new("a", ["S1"], 0.02m, null), new("b", ["S1"], 0.02m, null)],
            [new("a", ["S1"], 0.02m, null), new("a", ["S2"], 0.02m, null)], [new("a", [], 0.02m, null)], [new("a", ["S1"], null, null)],
        ];
        foreach (var groups in wrong) Refused(Usual with { StorePrices = groups }).ShouldBe("store-price-not-allowed");
        Refused(Usual with { StorePrices = [new("a", ["S1"], 0.0000001m, null)] }).ShouldBe("price-not-allowed");
        Refused(Usual with { StorePrices = [new("a", ["S1"], null, 1001)] }).ShouldBe("price-not-allowed");
    }

    [Fact]
    public void refuses_a_store_price_below_what_falls_due_or_is_given_back_later()
    {
        var cheap = Usual with { StorePrices = [new("outlets", ["S1"], 0.005m, null)] };
        Agreed(cheap);
        Agreed(cheap with { Funding = new(FundingKind.Split, ShareAtIssue: 0.5m) });
        Refused(cheap with { Funding = new(FundingKind.Split, ShareAtIssue: 0.4m) }).ShouldBe("store-price-not-allowed");
        Refused(cheap with { Breakage = BreakageKeeper.Issuer }).ShouldBe("store-price-not-allowed");
    }

    [Fact]
    public void refuses_fees_and_taxes_nobody_can_mean()
    {
        Refused(Usual with { FeePerCycle = new(-1, Euro) }).ShouldBe("fee-not-allowed");
        Refused(Usual with { FeePerTransaction = new(1, Currency.From("USD")) }).ShouldBe("fee-not-allowed");
        Refused(Usual with { MinimumPerCycle = new(100_000_001, Euro) }).ShouldBe("fee-not-allowed");
        Refused(Usual with { Vat = new(100.1m, "VAT") }).ShouldBe("vat-not-allowed");
        Refused(Usual with { Vat = new(-1, "VAT") }).ShouldBe("vat-not-allowed");
        Refused(Usual with { Vat = new(1.2345m, "VAT") }).ShouldBe("vat-not-allowed");
    }

    private static Decision<PartnerFact> Agree(Commercial commercial) => Admitted(new Store("S1", "One"), new Store("S2", "Two")).Agree(Penny, Noon, commercial);

    private static void Agreed(Commercial commercial) => Agree(commercial).Facts().ShouldHaveSingleItem();

    private static string Refused(Commercial commercial) => Agree(commercial).Refusal();
}
