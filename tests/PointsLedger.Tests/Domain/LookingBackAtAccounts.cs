using FsCheck;
using FsCheck.Fluent;
using Loyalty.PointsLedger.Domain;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;

namespace Loyalty.PointsLedger.Tests.Domain;

public class LookingBackAtAccounts
{
    private static readonly Arbitrary<int[]> Sequences = Arb.From(Gen.Choose(0, 99_999).ArrayOf());

    [Fact]
    public void leaves_out_what_was_not_known_yet()
    {
        var stream = new TimedStream().Buy("b1", 100, at: 0).Buy("late", 40, at: 1, known: 50).Redeem("r1", 30, at: 60);

        stream.Seen(known: 49).Balance(Noon).ShouldBe(P(100));
        stream.Seen(known: 50).Balance(Noon).ShouldBe(P(140));
        stream.Seen(known: 60).Balance(Noon).ShouldBe(P(110));
        stream.Seen(known: -1).Lots.ShouldBeEmpty();
    }

    [Fact]
    public void leaves_out_what_had_not_happened_yet()
    {
        var stream = new TimedStream().Buy("b1", 100, at: 0).Buy("late", 40, at: 1, known: 50).Redeem("r1", 30, at: 60);

        stream.Seen(effective: 0).Balance(Noon).ShouldBe(P(100));
        stream.Seen(effective: 1).Balance(Noon).ShouldBe(P(140));
        stream.Seen(effective: 1, known: 49).Balance(Noon).ShouldBe(P(100));
        stream.Seen(effective: 59).Lots.Select(l => l.Remaining).ShouldBe([P(100), P(40)]);
        stream.Seen(effective: 60).Lots.Select(l => l.Remaining).ShouldBe([P(70), P(40)]);
    }

    [Fact]
    public void brings_back_a_lot_that_was_drained_later()
    {
        var stream = new TimedStream().Buy("b1", 100, at: 0).Redeem("r1", 100, at: 10);

        stream.Seen().Lots.ShouldBeEmpty();
        var lot = stream.Seen(effective: 9).Lots.ShouldHaveSingleItem();
        (lot.From.Purchase.Value, lot.From.Issuer, lot.Remaining, lot.Reserved).ShouldBe(("b1", Grocery, P(100), P(0)));
    }

    [Fact]
    public void shows_a_lot_below_zero_where_a_till_spent_before_another_ones_clock_let_it_earn()
    {
        var stream = new TimedStream().Buy("ahead", 100, at: 5, known: 0).Redeem("r1", 30, at: 1);

        var then = stream.Seen(effective: 1);
        then.Balance(Noon).ShouldBe(P(-30));
        then.Lots.ShouldHaveSingleItem().Remaining.ShouldBe(P(-30));
        stream.Seen(effective: 5).Balance(Noon).ShouldBe(P(70));
    }

    [Fact]
    public void knows_what_was_set_aside_and_owed()
    {
        var stream = new TimedStream().Buy("b1", 100, at: 0).Reserve("h1", 60, at: 10).Return("b1", 80, at: 20).Capture("h1", 50, at: 30);

        stream.Books(effective: 9).ShouldBe((100, 0, 0));
        stream.Books(effective: 10).ShouldBe((40, 60, 0));
        stream.Books(effective: 20).ShouldBe((0, 60, 40));
        stream.Books(effective: 30).ShouldBe((0, 0, 30));
        stream.Books(known: 20).ShouldBe((0, 60, 40));
    }

    [Fact]
    public void knows_what_was_still_pending_and_what_had_not_lapsed_even_after_that_was_written_down()
    {
        var accrued = (PointsAccrued)Given.Anna.Accrue(By(Grocery, "b1"), Store, AnnasCard, Eur(100), OnePerEuro).Facts()[0]
            with { ActivatesAt = Noon.AddMinutes(10), ExpiresAt = Noon.AddMinutes(20) };
        var draw = new Draw(Provenance.Of(accrued), P(100));
        var stream = new TimedStream().With(
            accrued, new PointsActivated(P(100), [draw], Noon.AddMinutes(10), Noon.AddMinutes(30)), new PointsExpired(P(100), [draw], Noon.AddMinutes(20), Noon.AddMinutes(30)));

        (long Pending, long Balance) At(int minute, int? known = null)
        {
            var then = stream.Seen(effective: minute, known);
            return (then.Pending(Noon.AddMinutes(minute)).Value, then.Balance(Noon.AddMinutes(minute)).Value);
        }

        (At(9), At(10), At(19), At(20)).ShouldBe(((100, 0), (0, 100), (0, 100), (0, 0)));
        (At(9, known: 29), At(10, known: 29), At(20, known: 29)).ShouldBe(((100, 0), (0, 100), (0, 0)));
    }

    [Fact]
    public void knows_the_tier_of_then()
    {
        var stream = new TimedStream().With(
            new TierChanged(null, "silver", "reached", null, 1, Noon, Noon), new TierChanged("silver", "gold", "reached", null, 1, Noon.AddMinutes(5), Noon.AddMinutes(9)));

        stream.Seen(effective: -1).Tier.ShouldBeNull();
        stream.Seen(effective: 4).Tier!.Id.ShouldBe("silver");
        stream.Seen(effective: 5).Tier!.Id.ShouldBe("gold");
        stream.Seen(effective: 5, known: 8).Tier!.Id.ShouldBe("silver");
    }

    [Fact]
    public void sees_the_present_where_nothing_is_left_out()
    {
        var stream = new TimedStream().Buy("b1", 100, at: 0).Reserve("h1", 60, at: 10).Return("b1", 80, at: 20);
        stream.Seen().Stored().ShouldBe(stream.Account.Stored());
        stream.Seen(effective: 20, known: 20).Stored().ShouldBe(stream.Account.Stored());
    }

    [Fact]
    public void agrees_with_the_double_entry_of_what_is_left_in_on_both_axes() => Prop
        .ForAll(Sequences, numbers =>
        {
            var stream = TimedStream.Of(numbers);
            foreach (var number in numbers.Append(0))
            {
                var (effective, known) = (number % 70 - 5, number / 70 % 70 - 5);
                stream.Books(effective, known).ShouldBe(stream.Posted(effective, known));
            }
        })
        .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(200).WithEndSize(60));
}
