using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.GivenRules;
using static Loyalty.PointsLedger.Tests.Domain.Offers.GivenOffers;

namespace Loyalty.PointsLedger.Tests.Domain;

public class LettingTimePass
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly DateTimeOffset Expiry = Noon.AddDays(30);
    private static readonly Rules Delayed = Under(Programme with { Activation = new(Days: 14) });
    private static readonly Rules Sliding = Under(Programme with { Expiry = new(ExpiryKind.Activity, Months: 1) });

    [Fact]
    public void expires_points_at_the_very_instant_and_not_a_tick_before()
    {
        var account = Anna.Accrued("p1", 10, Expiry);

        account.Lapse(Expiry - Tick).ShouldBeEmpty();
        var expired = account.Lapse(Expiry).ShouldHaveSingleItem().ShouldBeOfType<PointsExpired>();
        (expired.Points, expired.OccurredAt).ShouldBe((P(10), Expiry));
        account.LapsedTo(Expiry).Lots.ShouldBeEmpty();
    }

    [Fact]
    public void says_when_points_expired_however_late_it_is_written_down()
    {
        var expired = Anna.Accrued("p1", 10, Expiry).Lapse(Expiry.AddYears(1)).ShouldHaveSingleItem().ShouldBeOfType<PointsExpired>();
        (expired.OccurredAt, expired.RecordedAt).ShouldBe((Expiry, Expiry.AddYears(1)));
    }

    [Fact]
    public void writes_nothing_down_twice()
    {
        var account = Anna.Accrued("p1", 10, Expiry).LapsedTo(Expiry);
        account.Lapse(Expiry.AddYears(5)).ShouldBeEmpty();
        account.NextLapse().ShouldBeNull();
    }

    [Fact]
    public void keeps_pending_points_from_being_spent_until_the_very_instant()
    {
        var account = Anna.Bought("p1", 10, Delayed);
        var active = Noon.AddDays(14);

        (account.Balance(active - Tick), account.Pending(active - Tick)).ShouldBe((P(0), P(10)));
        account.Redeem(By(Fuel, "r1", active - Tick), Store, AnnasCard, P(1), 1).ShouldBeRefused("insufficient-points");
        account.Lapse(active).ShouldHaveSingleItem().ShouldBeOfType<PointsActivated>().Points.ShouldBe(P(10));
        account.LapsedTo(active).Redeem(By(Fuel, "r1", active), Store, AnnasCard, P(10), 1).Only<PointsRedeemed>();
    }

    [Fact]
    public void lets_points_that_come_free_pay_a_debt_first()
    {
        var purchase = Anna.Accrue(By(Grocery, "p1"), Store, AnnasCard, Eur(10), OnePerEuro).Facts();
        var indebted = Anna.Fold(purchase).Redeemed("r1", 10);
        indebted = indebted.After(indebted.Reverse(By(Grocery, "v1"), Purchase.From(purchase)));
        var account = indebted.Bought("p2", 14, Delayed);
        account.Debt.ShouldBe(P(10));

        var after = account.LapsedTo(Noon.AddDays(14));

        (after.Debt, after.Balance(Noon.AddDays(14))).ShouldBe((P(0), P(4)));
    }

    [Fact]
    public void releases_a_reservation_that_nobody_captured_at_the_very_instant()
    {
        var account = Anna.Accrued("p1", 10);
        account = account.After(account.Reserve(By(Fuel, "h1"), Store, AnnasCard, P(8), 1, holdFor: TimeSpan.FromMinutes(15)));
        var end = Noon.AddMinutes(15);

        account.Lapse(end - Tick).ShouldBeEmpty();
        account.Lapse(end).ShouldHaveSingleItem().ShouldBeOfType<ReservationTimedOut>().Points.ShouldBe(P(8));
        account.LapsedTo(end).Capture(By(Fuel, "c1", end), TransactionId.From("h1"), null).ShouldBeRefused("reservation-not-open");
    }

    [Fact]
    public void lets_no_points_expire_out_from_under_a_reservation()
    {
        var account = Anna.Accrued("p1", 10, Expiry).Reserved("h1", 10);

        account.Lapse(Expiry.AddDays(1)).ShouldBeEmpty();
        account.Capture(By(Fuel, "c1", Expiry.AddDays(1)), TransactionId.From("h1"), null).Only<PointsRedeemed>().Points.ShouldBe(P(10));
    }

    [Fact]
    public void expires_points_that_are_set_free_after_their_time_as_of_their_time()
    {
        var account = Anna.Accrued("p1", 10, Expiry).Reserved("h1", 10);
        var late = Expiry.AddDays(1);
        account = account.After(account.Release(By(Fuel, "f1", late), TransactionId.From("h1")));

        account.Balance(late).ShouldBe(P(0));
        account.Lapse(late).ShouldHaveSingleItem().ShouldBeOfType<PointsExpired>().OccurredAt.ShouldBe(Expiry);
    }

    [Fact]
    public void puts_off_the_expiry_of_points_that_wait_for_activity()
    {
        var account = Anna.Bought("p1", 10, Sliding).Bought("p2", 1, Sliding, Noon.AddDays(20));

        account.Lapse(Noon.AddMonths(1)).ShouldBeEmpty();
        account.Lapse(At("2017-04-21T13:00:00+02:00")).OfType<PointsExpired>().Sum(e => e.Points.Value).ShouldBe(11);
    }

    [Theory]
    [InlineData("2017-02-27T10:00:00+01:00", 1, "2017-03-27T10:00:00+02:00")]
    [InlineData("2017-01-30T23:30:00Z", 1, "2017-02-28T00:30:00+01:00")]
    [InlineData("2020-01-30T23:30:00Z", 1, "2020-02-29T00:30:00+01:00")]
    [InlineData("2020-02-28T23:30:00Z", 12, "2021-02-28T00:30:00+01:00")]
    [InlineData("2027-02-28T02:30:00+01:00", 1, "2027-03-28T03:30:00+02:00")]
    public void puts_off_by_months_of_the_programmes_calendar_and_clock(string activity, int months, string gone)
    {
        var (at, rules) = (At(activity).ToUniversalTime(), Under(Programme with { Expiry = new(ExpiryKind.Activity, months) }));
        var account = Anna.Bought("p1", 10, rules, at.AddDays(-20));
        var held = account.After(account.Reserve(By(Fuel, "h1", at.AddDays(-20)), Store, AnnasCard, P(5), 1));

        Lasts(account.Bought("p2", 1, rules, at)).ShouldBe(At(gone));
        Lasts(account.After(account.Redeem(By(Fuel, "r1", at), Store, AnnasCard, P(1), 1, rules))).ShouldBe(At(gone));
        Lasts(held.After(held.Capture(By(Fuel, "c1", at), TransactionId.From("h1"), P(1), rules.Programme))).ShouldBe(At(gone));

        static DateTimeOffset? Lasts(Account account) => account.Lots[0].From.ExpiresAt;
    }

    [Fact]
    public void puts_off_each_lot_by_its_own_months()
    {
        var yearly = Under(Programme with { Expiry = new(ExpiryKind.Activity, Months: 12) });
        var account = Anna.Bought("p1", 10, Sliding).Bought("p2", 20, yearly).Accrued("p3", 30, Expiry);

        var after = account.After(account.Redeem(By(Fuel, "r1", Noon.AddDays(3)), Store, AnnasCard, P(1), 1, Sliding));

        after.Lots.Select(lot => lot.From.ExpiresAt).ShouldBe(
            [At("2017-04-04T13:00:00+02:00"), At("2018-03-04T13:00:00+01:00"), Expiry]);
    }

    [Fact]
    public void puts_off_as_it_did_where_a_fact_of_old_does_not_say_until_when()
    {
        var account = Anna.Bought("p1", 10, Sliding);
        var old = account.Redeem(By(Fuel, "r1", Noon.AddDays(20)), Store, AnnasCard, P(1), 1, Sliding).Only<PointsRedeemed>() with { Slid = null };
        account.When(old).Lots.Single().From.ExpiresAt.ShouldBe(Noon.AddDays(20).AddMonths(1));
    }

    [Fact]
    public void says_nothing_of_putting_off_where_nothing_waits_for_activity()
    {
        var account = Anna.Bought("p1", 10, Under(Programme with { Expiry = new(ExpiryKind.Rolling, Months: 1) }));
        account.Redeem(By(Fuel, "r1"), Store, AnnasCard, P(1), 1, Sliding).Only<PointsRedeemed>().Slid.ShouldBeNull();
    }

    [Fact]
    public void does_not_bring_back_by_activity_what_had_lapsed_before()
    {
        var late = Noon.AddMonths(2);
        var account = Anna.Bought("p1", 10, Sliding).LapsedTo(late).Bought("p2", 1, Sliding, late);
        account.Balance(late).ShouldBe(P(1));
    }

    [Fact]
    public void never_changes_what_a_closed_account_held()
    {
        var closed = Anna.Accrued("p1", 10, Expiry);
        closed = closed.After(closed.Close("erased", Noon, Noon));
        closed.Lapse(Expiry).ShouldBeEmpty();
    }

    [Fact]
    public void goes_through_everything_in_the_order_of_time()
    {
        var account = Anna.Accrued("p1", 10, Noon.AddDays(2)).Accrued("p2", 20, Noon.AddDays(1));
        account.Lapse(Expiry).Cast<PointsExpired>().Select(e => (e.OccurredAt, e.Points)).ShouldBe([(Noon.AddDays(1), P(20)), (Noon.AddDays(2), P(10))]);
    }
}
