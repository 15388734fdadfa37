using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Liability;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain.Liability;

public sealed class ExpectingRedemptions
{
    private static readonly Month January = Month.Of(new DateOnly(2017, 1, 1));

    // 1,000 points, 200 redeemed at once, 600 a month later, the rest lapsed after two.
    private static readonly IReadOnlyList<CohortMovements> Completed =
    [
        Moved(January, 0, new(Issued: new(1000), Redeemed: new(200))),
        Moved(January, 1, new(Redeemed: new(600))),
        Moved(January, 2, new(Expired: new(200))),
    ];

    [Fact]
    public void takes_it_for_certain_that_all_are_redeemed_as_long_as_no_vintage_is_completed() =>
        RedemptionHistory.Of(Completed, January.Next()).Expected(new(500), new(100), age: 1).ShouldBe(500);

    [Fact]
    public void leads_from_each_age_to_the_end_as_completed_vintages_went()
    {
        var history = RedemptionHistory.Of(Completed, January.Next().Next());
        history.Expected(new(500), new(50), age: 0).ShouldBe(200);
        history.Expected(new(500), new(390), age: 1).ShouldBe(390);
        history.Expected(new(500), new(390), age: 70).ShouldBe(390);
    }

    [Fact]
    public void takes_a_vintage_that_has_not_begun_to_be_redeemed_for_one_like_the_others()
    {
        var history = RedemptionHistory.Of(Completed, January.Next().Next());
        history.Expected(new(500), Points.Zero, age: 0).ShouldBe(400);
        history.Expected(new(500), new(5), age: null).ShouldBe(400);
    }

    [Fact]
    public void weighs_vintages_by_their_points()
    {
        var larger = January.Next();
        var history = RedemptionHistory.Of([.. Completed, Moved(larger, 0, new(Issued: new(3000), Redeemed: new(3000)))], January.Next().Next());
        history.Expected(new(100), Points.Zero, age: 0).ShouldBe(95);
    }

    [Fact]
    public void never_goes_below_what_was_redeemed_nor_above_what_can_still_be()
    {
        Cohort(rate: 0.1m, new(Issued: new(1000), Redeemed: new(300))).Expected.ShouldBe(new Points(300));
        Cohort(rate: 1m, new(Issued: new(1000), Redeemed: new(300), Expired: new(200))).Expected.ShouldBe(new Points(800));
        Cohort(rate: 0.97m, new(Issued: new(1000), Redeemed: new(300))).Expected.ShouldBe(new Points(970));
    }

    [Fact]
    public void recognises_all_that_was_allocated_once_the_last_point_has_lapsed()
    {
        var cohort = Cohort(rate: 0.97m, new(Issued: new(1000), Redeemed: new(300), Expired: new(700), Sales: 100_000));
        cohort.Recognised.ShouldBe(cohort.Allocated);
        cohort.ContractLiability.ShouldBe(0);
    }

    [Fact]
    public void allocates_by_what_was_expected_at_first_and_recognises_by_what_is_expected_now()
    {
        // Example 52 in cents: purchases of 100,000, and 10,000 points that are worth 1 each.
        var books = Books(
            [Moved(January, 0, new(Issued: new(10_000), Redeemed: new(4_500), Sales: 100_000_00)), Moved(January, 1, new(Redeemed: new(4_000)))],
            Says(January, 0.95m), Says(January.Next(), 0.97m));
        var first = books.At(January).ShouldHaveSingleItem();
        (first.Allocated, first.Expected, first.EstimateVersion).ShouldBe((8_675_80L, new Points(9_500), (int?)1));
        var second = books.At(January.Next()).ShouldHaveSingleItem();
        (second.Allocated, second.Expected, second.EstimateVersion).ShouldBe((8_675_80L, new Points(9_700), (int?)2));
        (second.RecognisedBefore, second.Recognised).ShouldBe((first.Recognised, 7_602_51L));
    }

    [Fact]
    public void moves_with_the_estimate_in_percentage_points_and_changes_nothing_of_what_was_allocated()
    {
        var books = Books([Moved(January, 0, new(Issued: new(10_000), Redeemed: new(4_500), Sales: 100_000_00))], Says(January, 0.90m));
        var (less, more) = (books.At(January, shift: -0.1m).Single(), books.At(January, shift: 0.2m).Single());
        (less.Expected, more.Expected).ShouldBe((new Points(8_000), new Points(10_000)));
        less.Allocated.ShouldBe(more.Allocated);
        less.Recognised.ShouldBeGreaterThan(more.Recognised);
        less.RecognisedBefore.ShouldBe(0);
    }

    [Fact]
    public void prices_each_point_by_the_version_that_issued_it()
    {
        var books = Books([Moved(January, 0, new(Issued: new(100))), new(new(January), 2, January, new(Issued: new(100), Redeemed: new(50)))]);
        books.At(January).Single().AtFundingPrice.ShouldBe((100 * 1) + (50 * 2));
    }

    private static CohortFigures Cohort(decimal rate, Movements moved) => Books([Moved(January, 0, moved)], Says(January, rate)).At(January).Single();

    private static IssuerBooks Books(IReadOnlyList<CohortMovements> movements, params EstimateFact[] estimates)
    {
        var facts = estimates.OfType<EstimatesProposed>().SelectMany((e, i) => new EstimateFact[] { e with { Version = i + 1 }, new EstimatesApproved(i + 1, "bert", Noon) });
        Agreement Version(int version, decimal issuePrice) => new(version, Euro, new(Noon, 1, issuePrice, 1m), Noon);
        return new(
            Grocery, Euro, movements, new Dictionary<int, Agreement> { [1] = Version(1, 0.01m), [2] = Version(2, 0.02m) },
            LiabilityEstimates.Initial(LiabilityEstimates.Stream).Fold(facts));
    }

    private static EstimatesProposed Says(Month from, decimal rate) => new(1, from, [new(null, rate)], "anna", Noon);

    private static CohortMovements Moved(Month vintage, int age, Movements moved) => new(new(vintage), 1, Month.Of(vintage.First.AddMonths(age)), moved);
}
