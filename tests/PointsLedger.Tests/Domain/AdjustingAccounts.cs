using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;

namespace Loyalty.PointsLedger.Tests.Domain;

public class AdjustingAccounts
{
    private static readonly AdjustmentLimits Limits = new(P(1000), P(1500));
    private static readonly ProgrammeRules Yearly = ProgrammeRules.None with { Version = 1, Expiry = new(ExpiryKind.Rolling, 12) };

    private static readonly Adjustment Nothing = Adjustment.Initial(Guid.Empty);

    [Fact]
    public void grants_a_lot_of_the_issuer_with_the_programmes_expiry()
    {
        var adjusted = Anna.Adjust(Proposal(500), "bert", 3, Noon, Yearly).Only<PointsAdjusted>();
        (adjusted.Lot, adjusted.ExpiresAt, adjusted.Maker, adjusted.Checker, adjusted.AgreementVersion).ShouldBe((1, Noon.AddYears(1), "anna", "bert", 3));
        var lot = Anna.Fold([adjusted]).Lots.ShouldHaveSingleItem();
        (lot.From.Issuer, lot.From.Purchase.Value, lot.Remaining).ShouldBe((Grocery, $"adjustment:{adjusted.Adjustment}", P(500)));
        Postings.Of(AnnasAccount, adjusted).ShouldBe([new(new("issued", Grocery.Value), "points", -500), new(new("member", AnnasAccount.Value), "points", 500)]);
    }

    [Fact]
    public void pays_off_debt_with_what_it_grants()
    {
        var owing = Anna.After(Anna.Adjust(Proposal(-30), "bert", 1, Noon, Yearly));
        owing.Debt.ShouldBe(P(30));
        var after = owing.After(owing.Adjust(Proposal(50), "bert", 1, Noon, Yearly));
        (after.Debt, after.Balance()).ShouldBe((P(0), P(20)));
    }

    [Fact]
    public void takes_the_earliest_expiring_points_of_that_issuer_and_makes_the_rest_debt()
    {
        var account = Anna.Accrued("late", 10, Noon.AddYears(2)).Accrued("early", 20, Noon.AddYears(1)).Accrued("theirs", 100, Noon.AddDays(1), Fuel);
        var some = account.Adjust(Proposal(-25), "bert", 1, Noon, Yearly).Only<PointsAdjusted>();
        some.Draws!.Value.Select(d => (d.From.Purchase.Value, d.Points.Value)).ShouldBe([("early", 20L), ("late", 5L)]);
        some.Debt.ShouldBe(P(0));

        var all = account.Adjust(Proposal(-45), "bert", 1, Noon, Yearly).Only<PointsAdjusted>();
        all.Debt.ShouldBe(P(15));
        var after = account.Fold([all]);
        (after.Balance(), after.Debt).ShouldBe((P(100), P(15)));
        Postings.Of(AnnasAccount, all).Sum(p => p.Amount).ShouldBe(0);
        Postings.Of(AnnasAccount, all).Where(p => p.LedgerAccount == new LedgerAccount("issued", Grocery.Value)).Sum(p => p.Amount).ShouldBe(45);
    }

    [Fact]
    public void leaves_reserved_pending_and_lapsed_points_alone()
    {
        var account = Anna.Accrued("gone", 10, Noon).Accrued("kept", 10).Reserved("hold", 6);
        var adjusted = account.Adjust(Proposal(-10), "bert", 1, Noon, Yearly).Only<PointsAdjusted>();
        (adjusted.Draws!.Value.Sum(d => d.Points.Value), adjusted.Debt).ShouldBe((4, P(6)));
        Should.NotThrow(() => account.Fold([adjusted]).After(account.Fold([adjusted]).Release(By(Fuel, "release"), TransactionId.From("hold"))));
    }

    [Fact]
    public void is_refused_where_nobody_is() =>
        Account.Initial(AnnasAccount.Value).Adjust(Proposal(5), "bert", 1, Noon, Yearly).ShouldBeRefused("unknown-account");

    [Fact]
    public void is_proposed_within_limits_at_once_and_a_day_whatever_the_sign()
    {
        Propose(1000, today: 500).ShouldBeOfType<Decision<IAdjustmentFact>.Accepted>();
        Propose(-1000, today: 500).ShouldBeOfType<Decision<IAdjustmentFact>.Accepted>();
        Code(Propose(1001, today: 0)).ShouldBe("adjustment-too-large");
        Code(Propose(-1001, today: 0)).ShouldBe("adjustment-too-large");
        Code(Propose(1000, today: 501)).ShouldBe("adjustments-used-up");
        Code(Nothing.Propose(Proposal(1), Anna.After(Anna.Close("erased", Noon, Noon)), Limits, P(0))).ShouldBe("unknown-account");
    }

    [Fact]
    public void is_decided_once_by_somebody_else()
    {
        Code(Nothing.Approve("bert", Noon)).ShouldBe("unknown-adjustment");
        var proposed = Nothing.When(Proposal(5));
        Code(proposed.Approve("anna", Noon)).ShouldBe("same-person");
        Code(proposed.Reject("anna", Noon)).ShouldBe("same-person");

        var approved = proposed.When(Facts(proposed.Approve("bert", Noon)).ShouldHaveSingleItem());
        Facts(approved.Approve("bert", Noon)).ShouldBeEmpty();
        Code(approved.Approve("carla", Noon)).ShouldBe("adjustment-decided");
        Code(approved.Reject("bert", Noon)).ShouldBe("adjustment-decided");

        var rejected = proposed.When(Facts(proposed.Reject("bert", Noon)).ShouldHaveSingleItem());
        Facts(rejected.Reject("bert", Noon)).ShouldBeEmpty();
        Code(rejected.Approve("bert", Noon)).ShouldBe("adjustment-decided");
    }

    private static AdjustmentProposed Proposal(long points) =>
        new(Guid.Parse("55555555-5555-4555-8555-555555555555"), AnnasAccount, Grocery, P(points), "goodwill", null, "anna", Noon);

    private static Decision<IAdjustmentFact> Propose(long points, long today) => Nothing.Propose(Proposal(points), Anna, Limits, P(today));

    private static IReadOnlyList<IAdjustmentFact> Facts(Decision<IAdjustmentFact> decision) =>
        decision.ShouldBeOfType<Decision<IAdjustmentFact>.Accepted>().Events;

    private static string Code(Decision<IAdjustmentFact> decision) =>
        decision.ShouldBeOfType<Decision<IAdjustmentFact>.Refused>().Refusal.Code;
}
