using Loyalty.CoalitionPartners.Domain.Reconciling;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain.Reconciling;

public sealed class ComparingEntries
{
    private static readonly Entry Theirs = new("T-1", 1000, 10, Noon);

    [Fact]
    public void finds_nothing_where_both_books_say_the_same() => Of(Theirs, Theirs with { TransactionId = "other", OccurredAt = Noon.AddMinutes(1) }).Difference.ShouldBeNull();

    [Fact]
    public void tells_what_one_book_lacks()
    {
        Of(Theirs, null).ShouldSatisfyAllConditions(p => p.Difference.ShouldBe(DifferenceKind.MissingHere), p => (p.AmountDifference, p.PointsDifference).ShouldBe((1000, 10)));
        Of(null, Theirs).ShouldSatisfyAllConditions(p => p.Difference.ShouldBe(DifferenceKind.MissingThere), p => (p.AmountDifference, p.PointsDifference).ShouldBe((-1000, -10)));
        (Of(Theirs, null) with { Repeats = true }).Difference.ShouldBe(DifferenceKind.Duplicate);
    }

    [Fact]
    public void tells_by_how_much_theirs_is_more_than_ours()
    {
        var differs = Of(Theirs, Theirs with { Amount = 1250, Points = 12 });
        (differs.Difference, differs.AmountDifference, differs.PointsDifference).ShouldBe((DifferenceKind.AmountDiffers, -250, -2));
        var points = Of(Theirs, Theirs with { Points = 7 });
        (points.Difference, points.AmountDifference, points.PointsDifference).ShouldBe((DifferenceKind.PointsDiffer, 0, 3));
    }

    [Fact]
    public void takes_a_line_that_tells_no_points_to_agree()
    {
        Of(Theirs with { Points = null }, Theirs).Difference.ShouldBeNull();
        Of(Theirs with { Points = null }, Theirs with { Amount = 900 }).PointsDifference.ShouldBe(0);
        Of(Theirs with { Points = null }, null).PointsDifference.ShouldBe(0);
    }

    [Fact]
    public void tolerates_what_the_rule_does_and_never_what_one_side_lacks()
    {
        var rule = new MatchingRule(60, AmountMinor: 2, Points: 1, ByCard: true);
        Of(Theirs, Theirs with { Amount = 998, Points = 11 }).ToleratedBy(rule).ShouldBeTrue();
        Of(Theirs, Theirs with { Amount = 997 }).ToleratedBy(rule).ShouldBeFalse();
        Of(Theirs, Theirs with { Points = 8 }).ToleratedBy(rule).ShouldBeFalse();
        Of(Theirs with { Amount = 1, Points = 1 }, null).ToleratedBy(rule).ShouldBeFalse();
    }

    [Fact]
    public void explains_the_difference_of_any_two_books()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            Entry? Any() => random.Next(4) == 0 ? null : new("t", random.NextInt64(1_000_000_000_000_000), random.Next(3) == 0 ? null : random.NextInt64(1_000_000_000_000), Noon);
            var pairs = Enumerable.Range(0, 40).Select(_ => (There: Any(), Here: Any() is { } here ? here with { Points = here.Points ?? 0 } : null))
                .Where(p => p.There is not null || p.Here is not null).Select(p => Of(p.There, p.Here)).ToList();
            Sum SumOf(Func<Pair, Sum?> of) => pairs.Select(of).OfType<Sum>().Aggregate(new Sum(0, 0, 0), (a, b) => new(a.Count + b.Count, a.Amount + b.Amount, a.Points + b.Points));
            new BookTotal(
                TransactionKind.Purchase, "EUR", SumOf(p => p.There is { } t ? new(1, t.Amount!.Value, p.PointsThere) : null),
                SumOf(p => p.Here is { } h ? new(1, h.Amount!.Value, h.Points!.Value) : null), new(0, 0, 0),
                SumOf(p => p.Difference is null ? null : new(1, p.AmountDifference, p.PointsDifference))).Explained.ShouldBeTrue($"seed {seed}");
        }
    }

    [Fact]
    public void is_not_explained_by_items_that_come_to_something_else()
    {
        var total = new BookTotal(TransactionKind.Purchase, "EUR", new(2, 300, 3), new(1, 100, 1), new(1, 100, 1), new(1, 200, 2));
        total.Explained.ShouldBeTrue();
        (total with { Items = new(1, 199, 2) }).Explained.ShouldBeFalse();
        (total with { Items = new(1, 200, 1) }).Explained.ShouldBeFalse();
    }

    private static Pair Of(Entry? there, Entry? here) => new(TransactionKind.Purchase, "EUR", there, here);
}
