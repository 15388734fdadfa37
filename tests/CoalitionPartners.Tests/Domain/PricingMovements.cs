using FsCheck;
using FsCheck.Fluent;
using Loyalty.CoalitionPartners.Domain;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain;

public sealed class PricingMovements
{
    private static readonly Agreement Postpaid = new(1, Euro, new Terms(Noon, 1, 0.010m, 0.008m), Noon);
    private static readonly Agreement Split = By(new(FundingKind.Split, ShareAtIssue: 0.4m));
    private static readonly Agreement Prepaid = By(new(FundingKind.Prepaid, new(new(1000), 0.009m, new(100), Replenish: false, WhenEmpty.Overdraw)));

    [Fact]
    public void without_conditions_costs_what_it_always_did()
    {
        Postpaid.Price(Movement.Issued, "S1").ShouldBe((PostingKind.Issue, 0.010m));
        Postpaid.Price(Movement.IssueReversed, "S1").ShouldBe((PostingKind.IssueReversal, 0.010m));
        Postpaid.Price(Movement.Accepted, "S1").ShouldBe((PostingKind.Acceptance, 0.008m));
        Postpaid.Price(Movement.AcceptanceReversed, "S1").ShouldBe((PostingKind.AcceptanceReversal, 0.008m));
        Postpaid.Price(Movement.Redeemed, null).ShouldBeNull();
        Postpaid.Price(Movement.RedemptionReversed, null).ShouldBeNull();
        Postpaid.Price(Movement.Lapsed, null).ShouldBe((PostingKind.Breakage, 0m));
    }

    [Fact]
    public void takes_a_share_at_issue_and_the_rest_when_points_are_redeemed()
    {
        Split.Price(Movement.Issued, null).ShouldBe((PostingKind.Issue, 0.004m));
        Split.Price(Movement.IssueReversed, null).ShouldBe((PostingKind.IssueReversal, 0.004m));
        Split.Price(Movement.Redeemed, null).ShouldBe((PostingKind.Funding, 0.006m));
        Split.Price(Movement.RedemptionReversed, null).ShouldBe((PostingKind.FundingReversal, 0.006m));
    }

    [Fact]
    public void charges_nothing_for_points_out_of_a_block()
    {
        Prepaid.Price(Movement.Issued, "S1").ShouldBe((PostingKind.PrepaidIssue, 0m));
        Prepaid.Price(Movement.IssueReversed, "S1").ShouldBe((PostingKind.PrepaidIssueReversal, 0m));
        Prepaid.Price(Movement.Redeemed, null).ShouldBeNull();
        Prepaid.BlockPrice().ShouldBe(0.009m);
        By(Prepaid.Conditions.Funding with { Block = Prepaid.Conditions.Funding.Block! with { Price = null } }).BlockPrice().ShouldBe(0.010m);
    }

    [Fact]
    public void knows_the_prices_of_a_group_of_stores()
    {
        var airports = Postpaid with { Commercial = Commercial.Usual with { StorePrices = [new("airports", ["S1", "S2"], 0.012m, 0.007m), new("outlets", ["S3"], null, 0.009m)] } };
        airports.Price(Movement.Issued, "S2").ShouldBe((PostingKind.Issue, 0.012m));
        airports.Price(Movement.Issued, "S3").ShouldBe((PostingKind.Issue, 0.010m));
        airports.Price(Movement.Accepted, "S3").ShouldBe((PostingKind.Acceptance, 0.009m));
        airports.Price(Movement.Issued, "S4").ShouldBe((PostingKind.Issue, 0.010m));
        airports.Price(Movement.Issued, null).ShouldBe((PostingKind.Issue, 0.010m));
    }

    [Fact]
    public void gives_an_issuer_back_what_it_has_paid_for_points_that_lapsed()
    {
        Kept(Postpaid).Price(Movement.Lapsed, null).ShouldBe((PostingKind.Breakage, 0.010m));
        Kept(Split).Price(Movement.Lapsed, null).ShouldBe((PostingKind.Breakage, 0.004m));
        Kept(Prepaid).Price(Movement.Lapsed, null).ShouldBe((PostingKind.Breakage, 0.009m));

        static Agreement Kept(Agreement by) => by with { Commercial = by.Conditions with { Breakage = BreakageKeeper.Issuer } };
    }

    [Fact]
    public void by_any_split_comes_to_the_price_of_the_store() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(0, 1_000_000).Zip(Gen.Choose(0, 1_000_000)).ToArbitrary(), drawn =>
        {
            var (share, price) = (drawn.Item1 / 1_000_000m, drawn.Item2 / 1_000_000m);
            var agreement = new Agreement(1, Euro, new Terms(Noon, 1, price, 0), Noon, Commercial.Usual with
            {
                Funding = new(FundingKind.Split, ShareAtIssue: share),
                StorePrices = [new("dear", ["S1"], price + 0.001m, null)],
            });
            return new string?[] { null, "S1" }.All(store =>
                agreement.Price(Movement.Issued, store)!.Value.Price + (agreement.Price(Movement.Redeemed, null)?.Price ?? 0) == (store is null ? price : price + 0.001m));
        }));

    private static Agreement By(Funding funding) => new(1, Euro, new Terms(Noon, 1, 0.010m, 0.008m), Noon, Commercial.Usual with { Funding = funding });
}
