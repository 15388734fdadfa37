using FsCheck;
using FsCheck.Fluent;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain;

public sealed class SettlingAPage
{
    private static readonly Agreement First = new(1, Euro, new Terms(Noon.AddYears(-10), 1, 0.010m, 0.008m), Noon);
    private static readonly Agreement Second = new(2, Euro, new Terms(Noon, 1, 0.0125m, 0.009m), Noon);
    private static readonly SettlementPeriod March = SettlementPeriod.Initial(SettlementPeriod.IdOf(Grocery, Month.Of(Noon), Euro));

    [Fact]
    public void keeps_a_line_for_every_posting()
    {
        RatedPosting[] page = [Rated(First, 10), Rated(First, 0), Rated(First, 30)];

        var settled = Settled(PostingKind.Issue, page);

        settled.ShouldBe(new PostingsSettled(PostingKind.Issue, Grocery, Month.Of(Noon), Euro, settled.Prices));
        var priced = settled.Prices.ShouldHaveSingleItem();
        (priced.AgreementVersion, priced.Price).ShouldBe((1, 0.010m));
        priced.Postings.ShouldBe(page.Select(r => SettledPosting.Of(r.Posting)));
        priced.Postings.Select(p => p.Points.Value).ShouldBe([10L, 0L, 30L]);
    }

    [Fact]
    public void puts_each_posting_under_the_terms_that_rated_it()
    {
        var settled = Settled(PostingKind.Acceptance, Rated(Second, 1), Rated(First, 2), Rated(Second, 3));

        settled.Prices.Select(p => (p.AgreementVersion, p.Price)).ShouldBe([(2, 0.009m), (1, 0.008m)]);
        settled.Prices.SelectMany(p => p.Postings).Select(p => p.Points.Value).ShouldBe([1L, 3L, 2L]);
    }

    [Fact]
    public void leaves_each_posting_in_its_own_trace() =>
        Settled(PostingKind.Issue, Rated(First, 1), Rated(First, 2, "00-a-b-01"), Rated(First, 3, "00-c-d-01"))
            .Postings.Select(p => p.TraceParent).ShouldBe([null, "00-a-b-01", "00-c-d-01"]);

    [Fact]
    public void takes_none_of_it_when_one_posting_is_out_of_place()
    {
        var next = Rated(First, 1) is var r ? r with { Posting = r.Posting with { OccurredAt = Noon.AddMonths(1) } } : r;
        var others = r with { Posting = r.Posting with { Partner = Partner.IdOf("FUEL") } };
        var otherwise = r with { Agreement = Second };
        foreach (var stray in new[] { next, others, otherwise })
        {
            Should.Throw<InvalidOperationException>(() => March.Settle(r, stray));
            Should.Throw<InvalidOperationException>(() => March.Settle(stray, r));
        }
    }

    [Fact]
    public void keeps_a_fact_for_each_kind()
    {
        var funded = Settling.Rated(PostingKind.Funding, First, Rated(First, 7).Posting);
        var facts = March.Settle(Rated(First, 1), funded, Rated(First, 2)).Facts().Cast<PostingsSettled>().ToList();

        facts.Select(f => f.Kind).ShouldBe([PostingKind.Issue, PostingKind.Funding]);
        facts.Select(f => f.Postings.Sum(p => p.Points.Value)).ShouldBe([3L, 7L]);
        March.Fold(facts).Position(Grocery, Euro).Owes.ShouldBe(new Money(10, Euro));
    }

    [Theory]
    [InlineData("Issue"), InlineData("IssueReversal"), InlineData("Acceptance"), InlineData("AcceptanceReversal")]
    public void comes_to_what_its_postings_come_to_one_by_one(string name) => Check.QuickThrowOnFailure(Prop.ForAll(Pages().ToArbitrary(), page =>
    {
        var kind = Enum.Parse<PostingKind>(name);
        var together = March.Fold([Settled(kind, page)]);
        Written(page.Aggregate(March, (period, rated) => period.Fold(period.Settle(Settling.Rated(kind, rated.Agreement, rated.Posting)).Facts()))).ShouldBe(Written(together));
        Written(page.Aggregate(March, (period, rated) => period.When(AsOnce(kind, rated)))).ShouldBe(Written(together));
    }));

    // How a posting was stored before pages were settled together.
    private static object AsOnce(PostingKind kind, RatedPosting rated) => kind switch
    {
        PostingKind.Issue => new PointsIssued(rated.Posting, Euro, rated.Agreement.Terms.IssuePrice),
        PostingKind.IssueReversal => new IssueReversed(rated.Posting, Euro, rated.Agreement.Terms.IssuePrice),
        PostingKind.Acceptance => new PointsAccepted(rated.Posting, Euro, rated.Agreement.Terms.RedeemPrice),
        _ => new AcceptanceReversed(rated.Posting, Euro, rated.Agreement.Terms.RedeemPrice),
    };

    private static Gen<RatedPosting[]> Pages() =>
        Gen.Choose(1, 2).SelectMany(version => Gen.Choose(0, 1_000_000).Select(points => Rated(version == 1 ? First : Second, points))).NonEmptyListOf()
            .Select(page => page.ToArray());

    private static PostingsSettled Settled(PostingKind kind, params RatedPosting[] page) =>
        March.Settle([.. page.Select(r => Settling.Rated(kind, r.Agreement, r.Posting))]).Facts().ShouldHaveSingleItem().ShouldBeOfType<PostingsSettled>();

    private static RatedPosting Rated(Agreement agreement, long points, string? trace = null) => Settling.Rated(PostingKind.Issue, agreement,
        new(Guid.CreateVersion7(), Grocery, TransactionId.From("t1"), new Points(points), agreement.Version, Noon, trace));

    private static string Written(SettlementPeriod period) => System.Text.Json.JsonSerializer.Serialize(period);
}
