using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;

namespace Loyalty.PointsLedger.Tests.Domain;

public class RedeemingPoints
{
    private static readonly DateTimeOffset Tomorrow = Noon.AddDays(1);

    [Fact]
    public void draws_the_earliest_expiring_lot_first()
    {
        var account = Anna.Accrued("late", 10, Noon.AddDays(9)).Accrued("never", 10).Accrued("soon", 10, Tomorrow);
        var redeemed = account.Redeem(By(Fuel, "r1"), Store, AnnasCard, P(25), 1).Only<PointsRedeemed>();
        redeemed.Draws.Select(d => (d.From.Purchase.Value, d.Points.Value)).ShouldBe([("soon", 10), ("late", 10), ("never", 5)]);
    }

    [Fact]
    public void draws_the_older_lot_first_among_equals()
    {
        var account = Anna.Accrued("b", 10).Accrued("a", 10);
        account.Redeem(By(Fuel, "r1"), Store, AnnasCard, P(11), 1).Only<PointsRedeemed>().Draws.Select(d => d.From.Lot).ShouldBe([1, 2]);
    }

    [Fact]
    public void remembers_whose_points_were_spent()
    {
        var account = Anna.Accrued("p1", 10, partner: Grocery).Accrued("p2", 10, partner: Fuel);
        account.Redeem(By(Fuel, "r1"), Store, AnnasCard, P(15), 1).Only<PointsRedeemed>().Draws
            .Select(d => (d.From.Issuer, d.Points)).ShouldBe([(Grocery, P(10)), (Fuel, P(5))]);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public void can_spend_the_whole_balance_and_not_one_point_more(long points, bool accepted)
    {
        var account = Anna.Accrued("p1", 10);
        var decision = account.Redeem(By(Fuel, "r1"), Store, AnnasCard, P(points), 1);
        if (accepted) account.After(decision).Balance().ShouldBe(P(0));
        else decision.ShouldBeRefused("insufficient-points");
    }

    [Fact]
    public void finds_lapsed_points_gone_at_the_very_instant_of_expiry()
    {
        var account = Anna.Accrued("p1", 10, Tomorrow);
        account.Redeem(By(Fuel, "r1", Tomorrow.AddTicks(-1)), Store, AnnasCard, P(10), 1).Only<PointsRedeemed>();
        account.Redeem(By(Fuel, "r1", Tomorrow), Store, AnnasCard, P(1), 1).ShouldBeRefused("insufficient-points");
    }

    [Fact]
    public void judges_expiry_by_the_ledgers_time_not_the_tills()
    {
        var account = Anna.Accrued("p1", 10, Tomorrow);
        var offline = new Transaction(Fuel, TransactionId.From("r1"), OccurredAt: Noon, RecordedAt: Tomorrow, Late: true);
        account.Redeem(offline, Store, AnnasCard, P(1), 1).ShouldBeRefused("insufficient-points");
    }

    [Fact]
    public void cannot_touch_reserved_points() =>
        Anna.Accrued("p1", 10).Reserved("h1", 4).Redeem(By(Fuel, "r1"), Store, AnnasCard, P(7), 1).ShouldBeRefused("insufficient-points");

    [Fact]
    public void is_refused_on_a_blocked_card()
    {
        var account = Anna.Accrued("p1", 10);
        var blocked = account.After(account.BlockCard(AnnasCardId, AnnasCard, "stolen", 4, Noon, Noon));
        blocked.Redeem(By(Fuel, "r1"), Store, AnnasCard, P(1), 1).ShouldBeRefused("card-blocked");
        blocked.Reserve(By(Fuel, "h1"), Store, AnnasCard, P(1), 1).ShouldBeRefused("card-blocked");
    }

    [Fact]
    public void works_with_another_card_of_the_same_account_when_one_is_blocked()
    {
        var account = Anna.Accrued("p1", 10);
        account = account.After(account.LinkCard(new CardId(Guid.NewGuid()), "6276480000000022", 2, Noon, Noon));
        account = account.After(account.BlockCard(AnnasCardId, AnnasCard, "stolen", 4, Noon, Noon));
        account.Redeem(By(Fuel, "r1"), Store, "6276480000000022", P(10), 1).Only<PointsRedeemed>();
    }

    [Fact]
    public void is_refused_once_the_account_is_closed()
    {
        var account = Anna.Accrued("p1", 10);
        account = account.After(account.Close("erased", Noon, Noon));
        account.Redeem(By(Fuel, "r1"), Store, AnnasCard, P(1), 1).ShouldBeRefused("account-closed");
    }
}

public class ReversingRedemptions
{
    [Fact]
    public void puts_points_back_into_the_lots_they_came_from()
    {
        var before = Anna.Accrued("a", 10, Noon.AddDays(1)).Accrued("b", 10);
        var redeemed = before.Redeem(By(Fuel, "r1"), Store, AnnasCard, P(15), 1).Only<PointsRedeemed>();
        var spent = before.When(redeemed);
        spent.Lots.ShouldHaveSingleItem();

        var after = spent.After(spent.Reverse(By(Fuel, "v1"), Redemption.From([redeemed])));

        after.Stored().ShouldBe(before.Stored());
    }

    [Fact]
    public void happens_once_only()
    {
        var account = Anna.Accrued("p1", 10);
        var redeemed = account.Redeem(By(Fuel, "r1"), Store, AnnasCard, P(10), 1).Only<PointsRedeemed>();
        account = account.When(redeemed);
        var reversed = account.Reverse(By(Fuel, "v1"), Redemption.From([redeemed])).Only<RedemptionReversed>();
        account.When(reversed).Reverse(By(Fuel, "v2"), Redemption.From([redeemed, reversed])).ShouldBeRefused("redemption-reversed");
    }

    [Fact]
    public void pays_off_debt_with_the_points_that_come_back()
    {
        var accrual = Anna.Accrue(By(Grocery, "p1"), Store, AnnasCard, Eur(10), OnePerEuro).Facts();
        var account = Anna.Fold(accrual);
        var redeemed = account.Redeem(By(Fuel, "r1"), Store, AnnasCard, P(10), 1).Only<PointsRedeemed>();
        account = account.When(redeemed);
        account = account.After(account.Return(By(Grocery, "t1"), Purchase.From(accrual), Eur(6)));
        account.Debt.ShouldBe(P(6));

        account = account.After(account.Reverse(By(Fuel, "v1"), Redemption.From([redeemed])));

        (account.Debt, account.Balance()).ShouldBe((P(0), P(4)));
    }
}
