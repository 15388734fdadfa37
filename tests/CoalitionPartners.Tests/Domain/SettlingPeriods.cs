using FsCheck;
using FsCheck.Fluent;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain;

public sealed class SettlingPeriods
{
    private static readonly Agreement First = new(1, Euro, new Terms(Noon.AddYears(-10), 1, 0.010m, 0.008m), Noon);
    private static readonly Agreement Second = new(2, Euro, new Terms(Noon, 1, 0.0125m, 0.009m), Noon);
    private static readonly SettlementPeriod March = SettlementPeriod.Initial(SettlementPeriod.IdOf(Grocery, Month.Of(Noon), Euro));

    [Fact]
    public void owes_for_points_issued_and_is_owed_for_points_accepted()
    {
        var position = March
            .After(PostingKind.Issue, First, Posting(1_000))
            .After(PostingKind.Acceptance, First, Posting(300))
            .Position(Grocery, Euro);

        position.Owes.ShouldBe(new Money(1000, Euro));
        position.Owed.ShouldBe(new Money(240, Euro));
        position.Net.ShouldBe(new Money(-760, Euro));
    }

    [Fact]
    public void keeps_each_price_apart()
    {
        var period = March.After(PostingKind.Issue, First, Posting(100)).After(PostingKind.Issue, Second, Posting(100, version: 2));
        period.Issued.ShouldBe([new PriceLine(0.010m, new Points(100), 1, 0), new PriceLine(0.0125m, new Points(100), 1, 0)]);
        period.Position(Grocery, Euro).Owes.ShouldBe(new Money(225, Euro));
    }

    [Fact]
    public void rounds_once_per_price_and_not_once_per_posting()
    {
        // Three points at 0.0125 are 0.0375, which is 4 cents; rounded one by one they would be 3.
        var period = Enumerable.Range(0, 3).Aggregate(March, (p, _) => p.After(PostingKind.Issue, Second, Posting(1, version: 2)));
        period.Position(Grocery, Euro).Owes.ShouldBe(new Money(4, Euro));
    }

    [Fact]
    public void counts_a_purchase_without_points_as_a_purchase() =>
        March.After(PostingKind.Issue, First, Posting(0)).Issued.ShouldHaveSingleItem().ShouldBe(new PriceLine(0.010m, Points.Zero, 1, 0));

    [Fact]
    public void takes_back_what_is_reversed_even_below_zero()
    {
        var position = March
            .After(PostingKind.IssueReversal, First, Posting(50))
            .After(PostingKind.AcceptanceReversal, First, Posting(100))
            .Position(Grocery, Euro);

        position.Owes.ShouldBe(new Money(-50, Euro));
        position.Owed.ShouldBe(new Money(-80, Euro));
    }

    [Fact]
    public void ends_where_it_began_when_everything_is_reversed()
    {
        var period = March
            .After(PostingKind.Issue, First, Posting(77)).After(PostingKind.Acceptance, First, Posting(33))
            .After(PostingKind.IssueReversal, First, Posting(77)).After(PostingKind.AcceptanceReversal, First, Posting(33));

        period.Position(Grocery, Euro).ShouldBe(new Position(Grocery, Money.Zero(Euro), Money.Zero(Euro)));
        period.Issued.ShouldHaveSingleItem().ShouldBe(new PriceLine(0.010m, Points.Zero, 1, 1));
    }

    [Fact]
    public void takes_nothing_from_another_month_partner_or_version_of_the_terms()
    {
        Should.Throw<InvalidOperationException>(() => March.After(PostingKind.Issue, First, Posting(1) with { OccurredAt = Noon.AddMonths(1) }));
        Should.Throw<InvalidOperationException>(() => March.After(PostingKind.Issue, First, Posting(1) with { Partner = Partner.IdOf("FUEL") }));
        Should.Throw<InvalidOperationException>(() => March.After(PostingKind.Issue, Second, Posting(1)));
    }

    [Fact]
    public void are_utc_months_whatever_offset_a_till_reports()
    {
        var lastEveningInNewYork = new DateTimeOffset(2026, 2, 28, 20, 0, 0, TimeSpan.FromHours(-5));
        Month.Of(lastEveningInNewYork).ToString().ShouldBe("2026-03");
        March.After(PostingKind.Issue, First, Posting(1) with { OccurredAt = lastEveningInNewYork }).Issued.ShouldHaveSingleItem();
    }

    [Fact]
    public void comes_out_the_same_in_any_order() => Check.QuickThrowOnFailure(Prop.ForAll(Postings().ToArbitrary(), postings =>
        After(postings).Position(Grocery, Euro) == After(postings.Reverse()).Position(Grocery, Euro)));

    [Fact]
    public void nets_to_zero_with_the_coalition_whatever_was_posted() => Check.QuickThrowOnFailure(Prop.ForAll(Postings().ArrayOf(5).ToArbitrary(), partners =>
    {
        var netting = new Netting(Euro, [.. partners.Select((postings, i) => After(postings).Position(Partner.IdOf($"P{i}"), Euro))]);
        return netting.Total == Money.Zero(Euro) && netting.Coalition == new Money(-netting.Positions.Sum(p => p.Net.Minor), Euro);
    }));

    private static SettlementPeriod After(IEnumerable<(int Kind, long Points)> postings) => postings.Aggregate(March, (period, posting) =>
    {
        var terms = posting.Kind < 4 ? First : Second;
        return period.After((PostingKind)(posting.Kind % 4), terms, Posting(posting.Points, terms.Version));
    });

    private static Gen<(int Kind, long Points)[]> Postings() =>
        Gen.Choose(0, 7).SelectMany(kind => Gen.Choose(0, 1_000_000).Select(points => (kind, (long)points))).ArrayOf();

    private static Posting Posting(long points, int version = 1) =>
        new(Guid.CreateVersion7(), Grocery, TransactionId.From("t1"), new Points(points), version, Noon);
}

internal static class Settling
{
    public static SettlementPeriod After(this SettlementPeriod period, PostingKind kind, Agreement agreement, Posting posting) =>
        period.Fold(period.Settle(Rated(kind, agreement, posting)).Facts());

    public static RatedPosting Rated(PostingKind kind, Agreement agreement, Posting posting) =>
        new(kind, kind.Side() == Side.Owes ? agreement.Terms.IssuePrice : agreement.Terms.RedeemPrice, posting, agreement);
}
