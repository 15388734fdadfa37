using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;

namespace Loyalty.PointsLedger.Tests.Domain;

public class ReturningPurchases
{
    private static readonly IReadOnlyList<IAccountFact> TenEuros = Anna.Accrue(By(Grocery, "p1"), Store, AnnasCard, Eur(10.50m), OnePerEuro).Facts();
    private static readonly Account WithTen = Anna.Fold(TenEuros);

    [Fact]
    public void takes_back_what_the_returned_part_had_earned()
    {
        var reversed = WithTen.Return(By(Grocery, "t1"), Purchase.From(TenEuros), Eur(3)).Only<PurchaseReversed>();
        (reversed.Points, reversed.Debt, reversed.Lot, reversed.PurchasedAt).ShouldBe((P(3), P(0), 1, Noon));
    }

    [Theory]
    [InlineData(0.50, 0)]
    [InlineData(0.51, 1)]
    [InlineData(10.49, 10)]
    [InlineData(10.50, 10)]
    public void leaves_exactly_the_points_that_the_kept_amount_earns(double amount, long points) =>
        WithTen.Return(By(Grocery, "t1"), Purchase.From(TenEuros), Eur((decimal)amount)).Only<PurchaseReversed>().Points.ShouldBe(P(points));

    [Fact]
    public void comes_to_the_same_however_the_returns_are_cut()
    {
        var (account, facts) = (WithTen, TenEuros.ToList());
        for (var i = 0; i < 21; i++)
        {
            var returned = account.Return(By(Grocery, $"t{i}"), Purchase.From(facts), Eur(0.50m)).Only<PurchaseReversed>();
            account = account.When(returned);
            facts.Add(returned);
        }

        (account.Balance(), account.Debt, Purchase.From(facts).Reversed).ShouldBe((P(0), P(0), true));
    }

    [Fact]
    public void is_refused_above_what_is_left_of_the_purchase()
    {
        WithTen.Return(By(Grocery, "t1"), Purchase.From(TenEuros), Eur(10.51m)).ShouldBeRefused("return-exceeds-purchase");

        var first = WithTen.Return(By(Grocery, "t1"), Purchase.From(TenEuros), Eur(10)).Only<PurchaseReversed>();
        var account = WithTen.When(first);
        account.Return(By(Grocery, "t2"), Purchase.From([.. TenEuros, first]), Eur(0.51m)).ShouldBeRefused("return-exceeds-purchase");
        account.Return(By(Grocery, "t2"), Purchase.From([.. TenEuros, first]), Eur(0.50m)).Facts().ShouldHaveSingleItem();
    }

    [Fact]
    public void is_refused_in_another_currency() =>
        WithTen.Return(By(Grocery, "t1"), Purchase.From(TenEuros), new Money(100, Currency.From("USD"))).ShouldBeRefused("currency-mismatch");

    [Fact]
    public void turns_points_already_spent_into_debt()
    {
        var spent = WithTen.Redeemed("r1", 7);
        var reversed = spent.Return(By(Grocery, "t1"), Purchase.From(TenEuros), Eur(10.50m)).Only<PurchaseReversed>();
        (reversed.Points, reversed.Debt).ShouldBe((P(10), P(7)));
        var after = spent.When(reversed);
        (after.Debt, after.Balance(), after.Lots.Length).ShouldBe((P(7), P(0), 0));
    }

    [Fact]
    public void leaves_reserved_points_and_the_lots_of_other_purchases_alone()
    {
        var account = WithTen.Reserved("h1", 4).Accrued("p2", 100);
        var reversed = account.Return(By(Grocery, "t1"), Purchase.From(TenEuros), Eur(10.50m)).Only<PurchaseReversed>();
        reversed.Debt.ShouldBe(P(4));
        var after = account.When(reversed);
        (after.Balance(), after.Reserved(), after.Debt).ShouldBe((P(100), P(4), P(4)));
    }

    [Fact]
    public void takes_back_lapsed_points_without_making_debt()
    {
        var facts = TenEuros.Select(f => f is PointsAccrued e ? e with { ExpiresAt = Noon } : f).ToList();
        var account = Anna.Fold(facts);
        account.Return(By(Grocery, "t1"), Purchase.From(facts), Eur(10.50m)).Only<PurchaseReversed>().Debt.ShouldBe(P(0));
    }

    [Fact]
    public void voids_all_that_remains_when_the_purchase_is_reversed()
    {
        var first = WithTen.Return(By(Grocery, "t1"), Purchase.From(TenEuros), Eur(3)).Only<PurchaseReversed>();
        var account = WithTen.When(first);
        var reversed = account.Reverse(By(Grocery, "v1"), Purchase.From([.. TenEuros, first])).Only<PurchaseReversed>();
        (reversed.Amount, reversed.Points).ShouldBe((Eur(7.50m), P(7)));
    }

    [Fact]
    public void is_refused_after_the_whole_purchase_was_reversed()
    {
        var reversed = WithTen.Reverse(By(Grocery, "v1"), Purchase.From(TenEuros)).Only<PurchaseReversed>();
        var account = WithTen.When(reversed);
        account.Reverse(By(Grocery, "v2"), Purchase.From([.. TenEuros, reversed])).ShouldBeRefused("purchase-reversed");
        account.Return(By(Grocery, "t1"), Purchase.From([.. TenEuros, reversed]), Eur(1)).ShouldBeRefused("purchase-reversed");
    }

    [Fact]
    public void reverses_a_purchase_of_nothing_just_once()
    {
        var nothing = Anna.Accrue(By(Grocery, "p0"), Store, AnnasCard, Eur(0), OnePerEuro).Facts();
        var account = Anna.Fold(nothing);
        var reversed = account.Reverse(By(Grocery, "v1"), Purchase.From(nothing)).Only<PurchaseReversed>();
        account.When(reversed).Reverse(By(Grocery, "v2"), Purchase.From([.. nothing, reversed])).ShouldBeRefused("purchase-reversed");
    }

    [Fact]
    public void is_refused_once_the_account_is_closed()
    {
        var closed = WithTen.After(WithTen.Close("erased", Noon, Noon));
        closed.Return(By(Grocery, "t1"), Purchase.From(TenEuros), Eur(1)).ShouldBeRefused("account-closed");
        closed.Reverse(By(Grocery, "t1"), Purchase.From(TenEuros)).ShouldBeRefused("account-closed");
    }
}
