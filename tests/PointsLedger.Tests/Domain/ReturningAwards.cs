using System.Collections.Immutable;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.GivenRules;
using static Loyalty.PointsLedger.Tests.Domain.Offers.GivenOffers;

namespace Loyalty.PointsLedger.Tests.Domain;

public class ReturningAwards
{
    private static readonly Offer Funded = Bonus("shared", 11) with { FundedBy = [new(Grocery, 50), new(Fuel, 50)], Caps = [new(CapWindow.Offer, 1, null)] };
    private static readonly Receipt Basket = new([new("milk", "dairy", Eur(6)), new("soap", "drugs", Eur(4))], null, null, []);

    [Fact]
    public void takes_every_award_back_from_its_own_lots()
    {
        var (facts, account) = Bought(Under(Programme, Funded));
        account.Lots.Select(lot => (lot.From.Lot, lot.From.Issuer, lot.Remaining)).ShouldBe([(1, Grocery, P(10)), (2, Grocery, P(6)), (3, Fuel, P(5))]);

        var reversed = account.Reverse(By(Grocery, "v1"), Purchase.From(facts)).Only<PurchaseReversed>();

        (reversed.Points, reversed.Taken(), reversed.Owed(), reversed.Whole).ShouldBe((P(10), P(21), P(0), true));
        var after = account.When(reversed);
        (after.Lots.Length, after.Visits.Length, after.Uses.Single().Times).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void counts_a_returned_purchase_no_more_for_caps()
    {
        var (facts, account) = Bought(Under(Programme, Funded));
        account.Buy("p2", 10, Under(Programme, Funded)).Facts().OfType<PointsAccrued>().Single().Awards.ShouldBeNull();
        account = account.After(account.Reverse(By(Grocery, "v1"), Purchase.From(facts)));
        account.Buy("p2", 10, Under(Programme, Funded)).Facts().OfType<PointsAccrued>().Single().Earned().ShouldBe(P(21));
    }

    [Fact]
    public void takes_an_award_for_certain_lines_back_with_those_lines()
    {
        var (facts, account) = Bought(Under(Programme, Bonus("dairy", 12).On("dairy")));

        var soap = account.Return(By(Grocery, "t1"), Purchase.From(facts), Eur(4), [new(1, Eur(4))], Programme).Only<PurchaseReversed>();
        (soap.Points, soap.Awards!.Value.Single().Points).ShouldBe((P(4), P(0)));

        var half = account.Return(By(Grocery, "t1"), Purchase.From(facts), Eur(3), [new(0, Eur(3))], Programme).Only<PurchaseReversed>();
        (half.Points, half.Awards!.Value.Single().Points).ShouldBe((P(3), P(6)));
    }

    [Fact]
    public void spreads_a_return_without_lines_over_all_that_is_kept()
    {
        var (facts, account) = Bought(Under(Programme, Bonus("dairy", 12).On("dairy")));

        var reversed = account.Return(By(Grocery, "t1"), Purchase.From(facts), Eur(5), programme: Programme).Only<PurchaseReversed>();

        reversed.Lines!.Value.ShouldBe([new ReturnedLine(0, Eur(3)), new ReturnedLine(1, Eur(2))]);
        reversed.Awards!.Value.Single().Points.ShouldBe(P(6));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(13)]
    [InlineData(33)]
    public void comes_to_nothing_left_however_the_returns_are_cut(int cents)
    {
        var (facts, account) = Bought(Under(Programme, Funded, Bonus("dairy", 13).On("dairy")));
        var all = facts.ToList<object>();
        for (var left = 1000; left > 0; left -= cents)
        {
            var amount = new Money(Math.Min(cents, left), Euro);
            var reversed = account.Return(By(Grocery, $"t{left}"), Purchase.From(all), amount, programme: Programme).Only<PurchaseReversed>();
            account = account.When(reversed);
            all.Add(reversed);
        }

        (account.Lots.Length, account.Debt).ShouldBe((0, P(0)));
        account.Return(By(Grocery, "t"), Purchase.From(all), Eur(0.01m), programme: Programme).ShouldBeRefused("purchase-reversed");
    }

    [Theory]
    [InlineData("0 4, 0 4", 8, "unknown-line")]
    [InlineData("2 4", 4, "unknown-line")]
    [InlineData("-1 4", 4, "unknown-line")]
    [InlineData("0 6.01", 6.01, "return-exceeds-purchase")]
    [InlineData("0 3, 1 2", 4, "lines-do-not-add-up")]
    public void is_refused_for_lines_that_do_not_fit(string lines, double amount, string code)
    {
        var (facts, account) = Bought(Under(Programme));
        ImmutableArray<ReturnedLine> named = [.. lines.Split(", ").Select(l => l.Split(' ')).Select(l => new ReturnedLine(int.Parse(l[0]), Eur(decimal.Parse(l[1]))))];
        account.Return(By(Grocery, "t1"), Purchase.From(facts), Eur((decimal)amount), named, Programme).ShouldBeRefused(code);
    }

    [Fact]
    public void owes_what_is_spent_or_forgives_it_or_refuses_as_the_programme_says()
    {
        var (facts, account) = Bought(Under(Programme, Funded));
        account = account.Redeemed("r1", 15);
        PurchaseReversed Under2(DebtPolicy debt) => account.Return(By(Grocery, "t1"), Purchase.From(facts), Eur(10), null, Programme with { Debt = debt }).Only<PurchaseReversed>();

        (Under2(DebtPolicy.Debt).Taken(), Under2(DebtPolicy.Debt).Owed(), Under2(DebtPolicy.Debt).Forgiven).ShouldBe((P(21), P(15), P(0)));
        (Under2(DebtPolicy.Cap).Taken(), Under2(DebtPolicy.Cap).Owed(), Under2(DebtPolicy.Cap).Forgiven).ShouldBe((P(6), P(0), P(15)));
        account.Return(By(Grocery, "t1"), Purchase.From(facts), Eur(10), null, Programme with { Debt = DebtPolicy.Refuse }).ShouldBeRefused("points-already-spent");
    }

    [Fact]
    public void takes_from_nobody_what_had_lapsed()
    {
        var expiring = Programme with { Expiry = new(ExpiryKind.Rolling, 1) };
        var (facts, account) = Bought(Under(expiring));
        account = account.Redeemed("r1", 4);
        var lapsed = account.Lapse(Noon.AddMonths(2), expiring);

        var reversed = account.Fold(lapsed).Return(By(Grocery, "t1"), Purchase.From([.. facts, .. lapsed]), Eur(10), null, expiring).Only<PurchaseReversed>();

        (reversed.Points, reversed.Lapsed, reversed.Debt).ShouldBe((P(10), P(6), P(4)));
    }

    [Fact]
    public void is_void_whatever_the_programme_says_where_a_till_undoes_its_purchase()
    {
        var (facts, account) = Bought(Under(Programme));
        account.Redeemed("r1", 4).Reverse(By(Grocery, "v1"), Purchase.From(facts), Programme with { Debt = DebtPolicy.Refuse }).Only<PurchaseReversed>().Debt.ShouldBe(P(4));
    }

    private static (IReadOnlyList<IAccountFact> Facts, Account After) Bought(Rules rules)
    {
        var facts = Anna.Buy("p1", 10, rules, receipt: Basket).Facts();
        return (facts, Anna.Fold(facts));
    }
}
