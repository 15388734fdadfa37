using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.GivenRules;
using static Loyalty.PointsLedger.Tests.Domain.Offers.GivenOffers;

namespace Loyalty.PointsLedger.Tests.Domain;

public class RisingThroughTiers
{
    private static readonly Tier Silver = new("silver", "Silver", P(100), null, null, null, 1);
    private static readonly Tier Gold = new("gold", "Gold", P(200), null, null, null, 1.5m);
    private static readonly ProgrammeRules Calendar = Programme with { Tiers = [Silver, Gold], Window = new(TierWindowKind.Calendar, 0, 30) };
    private static readonly ProgrammeRules Rolling = Programme with { Tiers = [Silver, Gold], Window = new(TierWindowKind.Rolling, 3, 0) };
    private static readonly DateTimeOffset NewYear2019 = At("2019-01-01T00:00:00+01:00");

    [Fact]
    public void comes_at_once_with_the_purchase_that_reaches_the_threshold()
    {
        var account = Anna.Bought("p1", 99.99m, Under(Calendar));
        account.Tier.ShouldBeNull();

        var risen = account.Buy("p2", 1, Under(Calendar)).Facts().OfType<TierChanged>().Single();

        (risen.From, risen.To, risen.Reason, risen.CheckAt).ShouldBe((null, "silver", "reached", NewYear2019.ToUniversalTime()));
    }

    [Fact]
    public void may_skip_a_tier() => Anna.Bought("p1", 200, Under(Calendar)).Tier!.Id.ShouldBe("gold");

    [Fact]
    public void multiplies_the_base_points_of_later_purchases()
    {
        var award = Anna.Bought("p1", 200, Under(Calendar)).Buy("p2", 10, Under(Calendar)).Facts().OfType<PointsAccrued>().Single().Awards!.Value.Single();
        (award.Offer, award.Version, award.Points).ShouldBe(("tier:gold", 1, P(5)));
    }

    [Fact]
    public void lasts_until_the_end_of_the_next_year_and_not_a_tick_longer()
    {
        var account = Anna.Bought("p1", 200, Under(Calendar));
        account.Lapse(NewYear2019.AddTicks(-1), Calendar).ShouldBeEmpty();

        var told = account.Lapse(NewYear2019, Calendar).ShouldHaveSingleItem().ShouldBeOfType<DowngradeAnnounced>();

        (told.From, told.To, told.EffectiveAt).ShouldBe(("gold", null, NewYear2019.ToUniversalTime().AddDays(30)));
        account.LapsedTo(NewYear2019, Calendar).Tier!.Id.ShouldBe("gold");
        account.Lapse(NewYear2019.AddDays(30), Calendar).OfType<TierChanged>().Single().To.ShouldBeNull();
    }

    [Fact]
    public void is_kept_by_reaching_it_again_in_the_next_year()
    {
        var account = Anna.Bought("p1", 200, Under(Calendar)).Bought("p2", 150, Under(Calendar), At("2018-06-01T12:00:00Z"));
        var kept = account.Lapse(NewYear2019, Calendar).ShouldHaveSingleItem().ShouldBeOfType<TierChanged>();
        (kept.To, kept.Reason, kept.CheckAt).ShouldBe(("gold", "kept", At("2020-01-01T00:00:00+01:00").ToUniversalTime()));
    }

    [Fact]
    public void is_kept_by_reaching_it_again_within_the_notice()
    {
        var told = Anna.Bought("p1", 200, Under(Calendar)).LapsedTo(NewYear2019, Calendar);
        var account = told.Bought("p2", 200, Under(Calendar), NewYear2019.AddDays(5));
        (account.Tier!.Id, account.Tier.Announced).ShouldBe(("gold", null));
        account.LapsedTo(NewYear2019.AddDays(31), Calendar).Tier!.Id.ShouldBe("gold");
    }

    [Fact]
    public void sinks_step_by_step_when_the_window_rolls_on()
    {
        // March's purchase counts in March, April and May.
        var account = Anna.Bought("p1", 150, Under(Rolling)).Bought("p2", 60, Under(Rolling), At("2017-04-10T12:00:00Z"));
        account.Tier!.Id.ShouldBe("gold");

        account.Lapse(At("2017-06-01T00:00:00+02:00").AddTicks(-1), Rolling).ShouldBeEmpty();
        var june = account.LapsedTo(At("2017-07-01T00:00:00+02:00"), Rolling);
        june.Tier.ShouldBeNull();
    }

    [Fact]
    public void is_taken_away_with_notice_by_the_return_of_what_reached_it()
    {
        var facts = Anna.Buy("p1", 200, Under(Calendar)).Facts();
        var account = Anna.Fold(facts);

        var told = account.Reverse(By(Grocery, "v1"), Purchase.From([facts[0]]), Calendar).Facts().OfType<DowngradeAnnounced>().Single();

        (told.From, told.To, told.Reason).ShouldBe(("gold", null, "returned"));
        account = account.After(account.Reverse(By(Grocery, "v1"), Purchase.From([facts[0]]), Calendar));
        account.LapsedTo(told.EffectiveAt, Calendar).Tier.ShouldBeNull();
    }

    [Fact]
    public void sinks_earlier_when_a_return_leaves_too_little_for_the_months_to_come()
    {
        // April's purchase alone would have kept gold until the end of July.
        var account = Anna.Bought("p1", 50, Under(Rolling)).Bought("p2", 200, Under(Rolling), At("2017-04-10T12:00:00Z"), out var april);
        var july = At("2017-07-01T00:00:00+02:00");

        account = account.After(account.Return(By(Grocery, "r1", At("2017-04-20T12:00:00Z")), Purchase.From([april]), Eur(40), programme: Rolling));

        account.Tier.ShouldBe(new("gold", july.ToUniversalTime(), Announced: null));
        account.Lapse(july.AddTicks(-1), Rolling).ShouldBeEmpty();
        account.Lapse(july, Rolling).OfType<TierChanged>().Single().To.ShouldBe("silver");
    }

    [Fact]
    public void stays_as_it_is_after_a_return_that_leaves_enough()
    {
        var account = Anna.Bought("p1", 50, Under(Rolling)).Bought("p2", 250, Under(Rolling), At("2017-04-10T12:00:00Z"), out var april);
        account.Return(By(Grocery, "r1", At("2017-04-20T12:00:00Z")), Purchase.From([april]), Eur(40), programme: Rolling).Only<PurchaseReversed>();
    }

    [Fact]
    public void is_held_through_the_year_by_what_a_return_leaves_of_the_year_before()
    {
        var account = Anna.Bought("p1", 200, Under(Calendar), Noon, out var march).Bought("p2", 200, Under(Calendar), Noon.AddMonths(1));
        account.Reverse(By(Grocery, "v1", At("2018-02-01T12:00:00Z")), Purchase.From([march]), Calendar).Only<PurchaseReversed>();
    }

    [Fact]
    public void that_a_return_leaves_lasts_as_long_as_the_year_that_it_was_reached_in_supports_it()
    {
        var account = Anna.Bought("p1", 250, Under(Calendar), Noon, out var march);
        account = account.After(account.Return(By(Grocery, "r1", At("2018-06-01T12:00:00Z")), Purchase.From([march]), Eur(60), programme: Calendar));
        account.Tier!.Announced!.To.ShouldBe("silver");

        account.LapsedTo(At("2018-08-01T12:00:00Z"), Calendar).Tier.ShouldBe(new("silver", NewYear2019.ToUniversalTime(), Announced: null));
    }

    [Fact]
    public void ends_with_the_programme_that_had_the_tier()
    {
        var account = Anna.Bought("p1", 200, Under(Calendar));
        account.Lapse(NewYear2019, Programme).ShouldHaveSingleItem().ShouldBeOfType<TierChanged>().Reason.ShouldBe("programme");
    }

    [Fact]
    public void counts_different_partners_and_visits()
    {
        var tiers = Calendar with { Tiers = [Silver with { Points = null, Visits = 3, Partners = 2 }] };
        var account = Anna.Bought("p1", 1, Under(tiers)).Bought("p2", 1, Under(tiers)).Bought("p3", 1, Under(tiers));
        account.Tier.ShouldBeNull();
        account.Bought("p4", 1, Under(tiers), partner: Fuel).Tier!.Id.ShouldBe("silver");
    }

    [Fact]
    public void counts_a_late_receipt_in_the_month_of_its_purchase()
    {
        var december = At("2017-12-31T22:59:59Z");
        var late = new Transaction(Grocery, TransactionId.From("p1"), december, december.AddDays(2), Late: true);
        var account = Anna.After(Anna.Accrue(late, Store, AnnasCard, Eur(200), OnePerEuro, null, Under(Calendar)));
        account.Months.Single().Month.ShouldBe(201712);
        account.Tier!.CheckAt.ShouldBe(NewYear2019.ToUniversalTime());
    }
}
