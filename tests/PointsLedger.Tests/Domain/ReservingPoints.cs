using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;

namespace Loyalty.PointsLedger.Tests.Domain;

public class ReservingPoints
{
    private static readonly TransactionId Hold = TransactionId.From("h1");
    private static readonly Account Held = Anna.Accrued("a", 10, Noon.AddDays(1)).Accrued("b", 10).Reserved("h1", 15);

    [Fact]
    public void sets_points_aside_without_spending_them()
    {
        (Held.Balance(), Held.Reserved()).ShouldBe((P(5), P(15)));
        Held.Reservations.ShouldHaveSingleItem().Held().ShouldBe(P(15));
    }

    [Fact]
    public void is_refused_when_the_points_are_not_there() =>
        Held.Reserve(By(Fuel, "h2"), Store, AnnasCard, P(6), 1).ShouldBeRefused("insufficient-points");

    [Fact]
    public void captures_the_whole_and_leaves_nothing_open()
    {
        var redeemed = Held.Capture(By(Fuel, "c1"), Hold, points: null).Only<PointsRedeemed>();
        (redeemed.Points, redeemed.Reservation).ShouldBe((P(15), Hold));
        var after = Held.When(redeemed);
        (after.Balance(), after.Reserved(), after.Reservations.Length).ShouldBe((P(5), P(0), 0));
    }

    [Fact]
    public void captures_a_part_from_the_earliest_expiring_lot_and_releases_the_rest()
    {
        var decision = Held.Capture(By(Fuel, "c1"), Hold, P(12));
        var redeemed = decision.Facts()[0].ShouldBeOfType<PointsRedeemed>();
        redeemed.Draws.Select(d => (d.From.Purchase.Value, d.Points.Value)).ShouldBe([("a", 10), ("b", 2)]);
        decision.Facts()[1].ShouldBeOfType<ReservationReleased>().Points.ShouldBe(P(3));
        var after = Held.After(decision);
        (after.Balance(), after.Reserved(), after.Reservations.Length).ShouldBe((P(8), P(0), 0));
    }

    [Fact]
    public void is_not_captured_above_what_it_holds() => Held.Capture(By(Fuel, "c1"), Hold, P(16)).ShouldBeRefused("capture-exceeds-reservation");

    [Fact]
    public void lets_the_redeemer_capture_points_that_lapsed_meanwhile()
    {
        var later = Noon.AddDays(2);
        Held.Capture(By(Fuel, "c1", later), Hold, points: null).Only<PointsRedeemed>().Points.ShouldBe(P(15));
    }

    [Fact]
    public void gives_points_back_where_they_were_when_released()
    {
        var before = Anna.Accrued("a", 10, Noon.AddDays(1)).Accrued("b", 10);
        Held.After(Held.Release(By(Fuel, "x1"), Hold)).Stored().ShouldBe(before.Stored());
    }

    [Fact]
    public void is_over_once_captured_or_released()
    {
        var captured = Held.After(Held.Capture(By(Fuel, "c1"), Hold, P(1)));
        captured.Capture(By(Fuel, "c2"), Hold, P(1)).ShouldBeRefused("reservation-not-open");
        captured.Release(By(Fuel, "x1"), Hold).ShouldBeRefused("reservation-not-open");
        Held.After(Held.Release(By(Fuel, "x1"), Hold)).Capture(By(Fuel, "c1"), Hold, P(1)).ShouldBeRefused("reservation-not-open");
    }

    [Fact]
    public void belongs_to_the_partner_that_asked_for_it()
    {
        Held.Capture(By(Grocery, "c1"), Hold, P(1)).ShouldBeRefused("reservation-not-open");
        Held.Release(By(Grocery, "x1"), Hold).ShouldBeRefused("reservation-not-open");
    }

    [Fact]
    public void does_not_let_a_card_that_was_blocked_meanwhile_spend()
    {
        var blocked = Held.After(Held.BlockCard(AnnasCardId, AnnasCard, "stolen", 4, Noon, Noon));
        blocked.Capture(By(Fuel, "c1"), Hold, P(1)).ShouldBeRefused("card-blocked");
        blocked.After(blocked.Release(By(Fuel, "x1"), Hold)).Reserved().ShouldBe(P(0));
    }

    [Fact]
    public void pays_off_debt_with_the_points_that_are_released()
    {
        var accrual = Anna.Accrue(By(Grocery, "p1"), Store, AnnasCard, Eur(10), OnePerEuro).Facts();
        var account = Anna.Fold(accrual).Reserved("h1", 10);
        account = account.After(account.Reverse(By(Grocery, "v1"), Purchase.From(accrual)));
        (account.Debt, account.Reserved()).ShouldBe((P(10), P(10)));

        var partly = account.After(account.Capture(By(Fuel, "c1"), Hold, P(4)));
        (partly.Debt, partly.Balance()).ShouldBe((P(4), P(0)));

        var released = account.After(account.Release(By(Fuel, "x1"), Hold));
        (released.Debt, released.Balance(), released.Lots.Length).ShouldBe((P(0), P(0), 0));
    }

    [Fact]
    public void ends_with_the_account()
    {
        var closed = Held.After(Held.Close("erased", Noon, Noon));
        closed.Capture(By(Fuel, "c1"), Hold, P(1)).ShouldBeRefused("account-closed");
        closed.Release(By(Fuel, "x1"), Hold).ShouldBeRefused("account-closed");
    }
}
