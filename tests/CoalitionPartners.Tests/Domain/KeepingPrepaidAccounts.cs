using Loyalty.CoalitionPartners.Domain;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain;

public sealed class KeepingPrepaidAccounts
{
    private static readonly Guid First = Guid.Parse("55555555-5555-4555-8555-555555555555");
    private static readonly PrepaidAccount Empty = PrepaidAccount.Initial(PrepaidAccount.IdOf(Grocery));
    private static readonly PrepaidAccount Thousand = Empty.After(Propose(Empty)).After(Empty.After(Propose(Empty)).Approve(Grocery, First, "bert", Noon));

    [Fact]
    public void buys_a_block_by_two_people_at_the_agreed_price()
    {
        var proposed = Propose(Empty).Facts().ShouldHaveSingleItem().ShouldBeOfType<BlockProposed>();
        (proposed.Points.Value, proposed.Price, proposed.AgreementVersion).ShouldBe((1000L, 0.009m, 2));
        var waiting = Empty.Fold([proposed]);
        waiting.Bought.ShouldBe(Points.Zero);

        var bought = waiting.Approve(Grocery, First, "bert", Noon).Facts().ShouldHaveSingleItem();
        bought.ShouldBe(new BlockBought(Grocery, First, new(1000), 0.009m, Euro, 2, "anna", "bert", Noon));
        waiting.Fold([bought]).Left().ShouldBe(new(1000));
    }

    [Fact]
    public void again_does_nothing()
    {
        Propose(Thousand).Facts().ShouldBeEmpty();
        Thousand.Approve(Grocery, First, "bert", Noon).Facts().ShouldBeEmpty();
        Thousand.Propose(Grocery, First, new(7), Terms(), "anna", Noon).Refusal().ShouldBe("block-differs");
        Thousand.Propose(Grocery, First, null, Terms(), "carl", Noon).Refusal().ShouldBe("block-differs");
    }

    [Fact]
    public void refuses_the_person_who_proposed_it_and_a_second_decision()
    {
        var waiting = Empty.After(Propose(Empty));
        waiting.Approve(Grocery, First, "anna", Noon).Refusal().ShouldBe("same-person");
        waiting.Reject(Grocery, First, "anna", Noon).Refusal().ShouldBe("same-person");
        Thousand.Reject(Grocery, First, "bert", Noon).Refusal().ShouldBe("block-decided");
        Thousand.Approve(Grocery, First, "carl", Noon).Refusal().ShouldBe("block-decided");
        Empty.Approve(Grocery, First, "bert", Noon).Refusal().ShouldBe("block-unknown");
        var rejected = waiting.After(waiting.Reject(Grocery, First, "bert", Noon));
        rejected.Bought.ShouldBe(Points.Zero);
        rejected.Reject(Grocery, First, "bert", Noon).Facts().ShouldBeEmpty();
        rejected.Approve(Grocery, First, "bert", Noon).Refusal().ShouldBe("block-decided");
    }

    [Fact]
    public void needs_an_agreement_on_blocks()
    {
        Empty.Propose(Grocery, First, null, null, "anna", Noon).Refusal().ShouldBe("not-prepaid");
        Empty.Propose(Grocery, First, null, Terms() with { Commercial = null }, "anna", Noon).Refusal().ShouldBe("not-prepaid");
    }

    [Fact]
    public void says_once_that_it_runs_low_until_there_is_enough_again()
    {
        var account = Issue(Thousand, 900, out var alerts);
        alerts.ShouldBeEmpty();
        account = Issue(account, 1, out alerts);
        alerts.ShouldHaveSingleItem().ShouldBe(new BlockRunningLow(Grocery, new(99), new(100), Noon));
        account = Issue(account, 50, out alerts);
        alerts.ShouldBeEmpty();

        account = Issue(account, -60, out alerts);
        account.Low.ShouldBeNull();
        account = Issue(account, 20, out alerts);
        alerts.ShouldHaveSingleItem().Left.ShouldBe(new(89));
        account.Alerts.Count.ShouldBe(2);
    }

    [Fact]
    public void goes_below_zero_where_more_is_issued_than_bought() => Issue(Thousand, 1500, out _).Left().ShouldBe(new(-500));

    [Theory]
    [InlineData(901, 1000)]
    [InlineData(1000, 1000)]
    [InlineData(3500, 3000)]
    public void buys_the_next_blocks_by_itself_where_that_is_agreed_and_once_per_need(long issued, long bought)
    {
        var facts = Thousand.Issue(Grocery, new(issued), Terms(replenish: true), Noon).Facts();
        var block = facts[^1].ShouldBeOfType<BlockBought>();
        (block.Points.Value, block.Price, block.Maker, block.Checker).ShouldBe((bought, 0.009m, null, null));
        // Decided again on the same account, as after a crash, it is the same block.
        Thousand.Issue(Grocery, new(issued), Terms(replenish: true), Noon).Facts()[^1].ShouldBe(block);

        var after = Thousand.Fold(facts);
        after.Left().ShouldBe(new(1000 + bought - issued));
        after.Low.ShouldBeNull();
        after.Issue(Grocery, new(0), Terms(replenish: true), Noon).Facts().OfType<BlockBought>().ShouldBeEmpty();
    }

    private static PrepaidAccount Issue(PrepaidAccount account, long points, out IReadOnlyList<BlockRunningLow> alerts)
    {
        var facts = account.Issue(Grocery, new(points), Terms(), Noon).Facts();
        alerts = [.. facts.OfType<BlockRunningLow>()];
        return account.Fold(facts);
    }

    private static Decision<PrepaidFact> Propose(PrepaidAccount account) => account.Propose(Grocery, First, null, Terms(), "anna", Noon);

    private static Agreement Terms(bool replenish = false) => new(2, Euro, new Terms(Noon, 1, 0.010m, 0.008m), Noon, Commercial.Usual with
    {
        Funding = new(FundingKind.Prepaid, new(new(1000), 0.009m, new(100), replenish, WhenEmpty.Overdraw)),
    });
}

internal static class Prepaying
{
    public static PrepaidAccount After(this PrepaidAccount account, Decision<PrepaidFact> decision) => account.Fold(decision.Facts());
}
