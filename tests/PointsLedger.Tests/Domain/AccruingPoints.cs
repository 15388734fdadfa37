using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;

namespace Loyalty.PointsLedger.Tests.Domain;

public class AccruingPoints
{
    [Fact]
    public void makes_a_lot_that_knows_where_it_comes_from()
    {
        var account = Anna.Accrued("p1", 12.99m);
        var lot = account.Lots.ShouldHaveSingleItem();
        lot.ShouldBe(new Lot(new Provenance(1, Grocery, TransactionId.From("p1"), 1, P(12), null) { AccruedAt = Noon }, P(12), P(0)));
        account.Balance().ShouldBe(P(12));
    }

    [Theory]
    [InlineData("0.99", "1", 0)]
    [InlineData("1.00", "1", 1)]
    [InlineData("1.50", "2", 3)]
    [InlineData("1.99", "0.5", 0)]
    [InlineData("2.00", "0.5", 1)]
    [InlineData("0.10", "10", 1)]
    [InlineData("1.10", "10", 11)]
    [InlineData("33.33", "0.3", 9)]
    [InlineData("0.00", "1", 0)]
    public void rounds_down_once_per_purchase_in_exact_decimals(string amount, string pointsPerUnit, long points) =>
        new Terms(1, Euro, decimal.Parse(pointsPerUnit)).Rate(Eur(decimal.Parse(amount))).ShouldBe(P(points));

    [Fact]
    public void rates_currencies_without_cents_by_their_own_units()
    {
        var yen = Currency.From("JPY");
        new Terms(1, yen, 0.01m).Rate(new Money(1234, yen)).ShouldBe(P(12));
    }

    [Fact]
    public void records_a_purchase_of_nothing_without_making_a_lot()
    {
        var decision = Anna.Accrue(By(Grocery, "p1"), Store, AnnasCard, Eur(0), OnePerEuro);
        decision.Only<PointsAccrued>().Points.ShouldBe(P(0));
        Anna.After(decision).Lots.ShouldBeEmpty();
    }

    [Fact]
    public void pins_the_agreement_that_rated_it() =>
        Anna.Accrue(By(Grocery, "p1"), Store, AnnasCard, Eur(5), OnePerEuro with { AgreementVersion = 7 }).Only<PointsAccrued>().Terms.AgreementVersion.ShouldBe(7);

    [Fact]
    public void pays_off_debt_before_anything_can_be_spent()
    {
        var indebted = Anna.Accrued("p1", 10).Redeemed("r1", 10);
        indebted = indebted.After(indebted.Reverse(By(Grocery, "v1"), FoldPurchase(indebted, "p1", 10)));
        indebted.Debt.ShouldBe(P(10));

        var decision = indebted.Accrue(By(Fuel, "p2"), Store, AnnasCard, Eur(14), OnePerEuro);

        decision.Facts().Select(f => f.GetType()).ShouldBe([typeof(PointsAccrued), typeof(DebtRepaid)]);
        var after = indebted.After(decision);
        (after.Debt, after.Balance()).ShouldBe((P(0), P(4)));
    }

    [Fact]
    public void pays_off_as_much_debt_as_it_can()
    {
        var indebted = Anna.Accrued("p1", 10).Redeemed("r1", 10);
        indebted = indebted.After(indebted.Reverse(By(Grocery, "v1"), FoldPurchase(indebted, "p1", 10)));
        var after = indebted.Accrued("p2", 4);
        (after.Debt, after.Balance(), after.Lots.Length).ShouldBe((P(6), P(0), 0));
    }

    [Fact]
    public void still_works_with_a_blocked_card()
    {
        var blocked = Anna.After(Anna.BlockCard(AnnasCardId, AnnasCard, "lost", 4, Noon, Noon));
        blocked.Accrue(By(Grocery, "p1"), Store, AnnasCard, Eur(5), OnePerEuro).Only<PointsAccrued>().Points.ShouldBe(P(5));
    }

    [Fact]
    public void is_refused_in_another_currency_than_agreed() =>
        Anna.Accrue(By(Grocery, "p1"), Store, AnnasCard, new Money(500, Currency.From("USD")), OnePerEuro).ShouldBeRefused("currency-mismatch");

    [Theory]
    [InlineData(1_000_000_000_000, true)]
    [InlineData(1_000_000_000_001, false)]
    [InlineData(92_233_720_368_547_758, false)]
    public void is_refused_beyond_what_one_posting_carries(long units, bool accepted)
    {
        var decision = Anna.Accrue(By(Grocery, "p1"), Store, AnnasCard, new Money(units * 100, Euro), OnePerEuro);
        if (accepted) decision.Only<PointsAccrued>().Points.ShouldBe(P(units));
        else decision.ShouldBeRefused("amount-too-large");
    }

    [Fact]
    public void is_refused_where_no_number_of_points_is_large_enough() =>
        Anna.Accrue(By(Grocery, "p1"), Store, AnnasCard, new Money(long.MaxValue, Euro), OnePerEuro with { PointsPerUnit = decimal.MaxValue })
            .ShouldBeRefused("amount-too-large");

    [Fact]
    public void is_refused_for_a_card_the_account_never_had() =>
        Anna.Accrue(By(Grocery, "p1"), Store, "6276480000000022", Eur(5), OnePerEuro).ShouldBeRefused("unknown-card");

    [Fact]
    public void is_refused_once_the_account_is_closed()
    {
        var closed = Anna.After(Anna.Close("erased", Noon, Noon));
        closed.Accrue(By(Grocery, "p1"), Store, AnnasCard, Eur(5), OnePerEuro).ShouldBeRefused("account-closed");
    }

    private static Purchase FoldPurchase(Account account, string id, decimal amount) =>
        Purchase.From([new PointsAccrued(By(Grocery, id), Store, AnnasCard, Eur(amount), OnePerEuro, account.LastLot, P((long)amount), null)]);
}
