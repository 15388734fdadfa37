using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.GivenRules;

namespace Loyalty.PointsLedger.Tests.Domain;

public class MergingAccounts
{
    private const string BensCard = "6276480000000022";
    private static readonly Guid Id = Guid.Parse("77777777-7777-4777-8777-777777777777");
    private static readonly AccountId BensAccount = AccountId.From(Guid.Parse("66666666-6666-4666-8666-666666666666"));

    private static readonly Account Ben = Account.Initial(BensAccount.Value).Fold(
        [new AccountOpened(new(BensAccount.Value), Noon, Noon), new CardLinked(new(Guid.NewGuid()), BensCard, 3, Noon, Noon)]);

    [Fact]
    public void moves_every_lot_as_it_is_what_is_owed_and_the_cards()
    {
        var anna = Anna.Accrued("p1", 10, Noon.AddDays(9)).Bought("p2", 5, Under(Programme with { Activation = new(Days: 14) })) with { Debt = P(3) };

        var (from, into) = Merge(anna, Ben.Accrued("b1", 7, BensCard));

        (from.Balance(), from.Debt, from.Lots.IsEmpty, from.Serves(AnnasCard)).ShouldBe((P(0), P(0), true, false));
        (into.Balance(), into.Pending(Noon), into.Debt).ShouldBe((P(14), P(5), P(0)));
        into.Lots.Select(lot => lot.From.Lot).ShouldBeInOrder(SortDirection.Ascending);
        into.Serves(AnnasCard).ShouldBeTrue();
        into.LapsedTo(Noon.AddDays(14)).Balance(Noon.AddDays(14)).ShouldBe(P(12));
    }

    [Fact]
    public void is_refused_while_points_are_set_aside_and_into_what_leads_elsewhere()
    {
        Anna.Accrued("p1", 10).Reserved("h1", 1).MergeInto(Ben, Id, "merge", Noon).ShouldBeRefused("reservations-open");
        var (merged, into) = Merge(Anna, Ben);
        Ben.MergeInto(merged, Id, "merge", Noon).ShouldBeRefused("account-merged");
        merged.MergeInto(Ben, Id, "merge", Noon).ShouldBeRefused("account-merged");
        into.MergeInto(Ben with { Closed = true }, Id, "merge", Noon).ShouldBeRefused("account-closed");
        into.MergeInto(Ben with { Pool = true }, Id, "merge", Noon).ShouldBeRefused("pool");
        into.MergeInto(Ben, Id, "pool", Noon).ShouldBeRefused("pool");
        merged.CloseOnRequest("moved-away", Noon).ShouldBeRefused("account-merged");
        merged.Give(Id, Ben.Id, P(1), Programme with { Transfers = new(P(9), P(9)) }, Noon).ShouldBeRefused("account-merged");
    }

    [Fact]
    public void undone_gives_back_what_is_left_and_no_more()
    {
        var (from, into) = Merge(Anna.Accrued("p1", 10), Ben.Accrued("b1", 7, BensCard));
        into = into.After(into.Redeem(By(Fuel, "r1"), Store, AnnasCard, P(15), 1));

        (from, into) = Undo(from, into, came: 2);

        (from.Balance(), into.Balance()).ShouldBe((P(2), P(0)));
        (from.Serves(AnnasCard), into.Serves(AnnasCard), into.Serves(BensCard)).ShouldBe((true, false, true));
    }

    [Fact]
    public void undone_at_once_restores_points_debt_and_cards()
    {
        var anna = Anna.Accrued("p1", 10) with { Debt = P(30) };
        var (from, into) = Merge(anna, Ben);
        into.Debt.ShouldBe(P(20));
        (from, into) = Undo(from, into, came: 0);
        (from.Debt, into.Debt, into.Cards.Count).ShouldBe((P(20), P(0), 1));
    }

    [Fact]
    public void undone_gives_back_cards_with_what_was_told_of_them_meanwhile()
    {
        var (from, into) = Merge(Anna, Ben);
        into = into.After(into.BlockCard(AnnasCardId, AnnasCard, "lost", 9, Noon, Noon, from.Id));
        (from, _) = Undo(from, into, came: 0);
        (from.Cards[AnnasCard].Blocked, from.Cards[AnnasCard].Version).ShouldBe((true, 9));
    }

    [Fact]
    public void can_be_undone_for_thirty_days_and_not_a_tick_more()
    {
        var (from, _) = Merge(Anna, Ben);
        from.RefuseUndoing(Noon.AddDays(30)).ShouldBeNull();
        from.RefuseUndoing(Noon.AddDays(30).AddTicks(1))!.Code.ShouldBe("undo-too-late");
        Anna.RefuseUndoing(Noon)!.Code.ShouldBe("not-merged");
    }

    [Fact]
    public void lets_a_purchase_be_returned_from_where_its_lots_are_now()
    {
        var purchase = Anna.Accrue(By(Grocery, "p1"), Store, AnnasCard, Eur(10), OnePerEuro).Facts();
        var ben = Ben.Accrued("b1", 7, BensCard);
        var came = Absorbed(Anna.Fold(purchase), ben);
        var into = ben.Fold(came);

        var decision = into.Return(By(Grocery, "back"), Purchase.From([.. purchase, came.OfType<PointsReceived>().Single()]), Eur(4));

        decision.Only<PurchaseReversed>().Debt.ShouldBe(P(0));
        into.After(decision).Lots.Select(lot => (lot.From.Purchase.Value, lot.Remaining)).ShouldBe([("b1", P(7)), ("p1", P(6))]);
    }

    [Fact]
    public void never_takes_a_return_from_a_lot_that_only_has_the_same_number()
    {
        var purchase = Anna.Accrue(By(Grocery, "p1"), Store, AnnasCard, Eur(10), OnePerEuro).Facts();
        var ben = Ben.Accrued("b1", 20, BensCard);
        var came = Absorbed(Anna.Fold(purchase).Redeemed("r1", 10), ben);
        var into = ben.Fold(came);

        into = into.After(into.Return(By(Grocery, "back"), Purchase.From([.. purchase, came.OfType<PointsReceived>().Single()]), Eur(10)));

        (into.Debt, into.Balance()).ShouldBe((P(10), P(20)));
    }

    [Fact]
    public void lets_a_redemption_be_undone_without_mixing_up_lots()
    {
        var anna = Anna.Accrued("p1", 10);
        var redeemed = anna.Redeem(By(Fuel, "r1"), Store, AnnasCard, P(10), 1).Facts();
        var ben = Ben.Accrued("b1", 20, BensCard);
        var came = Absorbed(anna.Fold(redeemed), ben);
        var into = ben.Fold(came);

        into = into.After(into.Reverse(By(Fuel, "undo"), Redemption.From([.. redeemed, came.OfType<PointsReceived>().Single()])));

        into.Lots.Select(lot => (lot.From.Lot, lot.From.Purchase.Value, lot.Remaining)).ShouldBe([(1, "b1", P(20)), (2, "p1", P(10))]);
        into.LastLot.ShouldBe(2);
    }

    [Fact]
    public void into_a_pool_leaves_the_points_there_when_the_member_goes()
    {
        var pool = Account.Initial(Guid.NewGuid());
        pool = pool.After(pool.OpenPool(Noon));
        pool.OpenPool(Noon).Facts().ShouldBeEmpty();
        Anna.OpenPool(Noon).ShouldBeRefused("account-exists");
        var (from, into) = Merge(Anna.Accrued("p1", 10), pool, "pool");
        from.RefuseUndoing(Noon)!.Code.ShouldBe("not-merged");

        var letGo = into.LetGo(from, came: null, Noon);
        from = from.After(from.Return(into, sent: null, Noon));
        into = into.After(letGo);

        (from.Balance(), into.Balance(), from.Serves(AnnasCard), into.Cards.IsEmpty).ShouldBe((P(0), P(10), true, true));
    }

    private static (Account From, Account Into) Merge(Account from, Account into, string kind = "merge")
    {
        var merged = from.MergeInto(into, Id, kind, Noon);
        return (from.After(merged), into.After(into.Absorb(from, merged.Facts().OfType<PointsSent>().Single())));
    }

    private static IReadOnlyList<IAccountFact> Absorbed(Account from, Account into) =>
        into.Absorb(from, from.MergeInto(into, Id, "merge", Noon).Facts().OfType<PointsSent>().Single()).Facts();

    private static (Account From, Account Into) Undo(Account from, Account into, long came)
    {
        var lots = into.Lots.Where(lot => lot.From.Purchase.Value.StartsWith('p')).Select(lot => new ReceivedLot(1, lot.From)).ToList();
        var letGo = into.LetGo(from, new PointsReceived(Id, "merge", from.Id, P(10), [.. lots], Noon, Noon) { Debt = into.Debt }, Noon);
        var sent = letGo.Facts().OfType<PointsSent>().Single();
        sent.Points.ShouldBe(P(came));
        return (from.After(from.Return(into, sent, Noon)), into.After(letGo));
    }
}

internal static class OfBen
{
    public static Account Accrued(this Account account, string id, decimal amount, string card) =>
        account.After(account.Accrue(By(Grocery, id), Store, card, Eur(amount), OnePerEuro));
}
