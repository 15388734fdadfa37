using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain;

/// <summary>
/// What moves money between one partner and the coalition in one month and currency. A reversal counts in the month in
/// which it was made, at the price of what it reverses, so that a month that is over never changes.
/// </summary>
internal sealed record SettlementPeriod(Guid Id, IReadOnlyList<PriceLine> Issued, IReadOnlyList<PriceLine> Accepted) : IAggregate<SettlementPeriod>
{
    /// <summary>What is neither issued at a price due at once nor accepted; most periods have none of it.</summary>
    public IReadOnlyList<OtherLine> Others { get; init; } = [];

    public static string Alias => "settlement_period";

    public static SettlementPeriod Initial(Guid streamId) => new(streamId, [], []);

    /// <summary>The stream's id follows from what it is about.</summary>
    public static Guid IdOf(PartnerId partner, Month month, Currency currency) => NamedGuid.From(partner.Value, $"settlement/{month}/{currency}");

    /// <summary>One fact for all of a kind: what came together is settled together, posting by posting.</summary>
    public Decision<SettlementFact> Settle(params IReadOnlyList<RatedPosting> rated)
    {
        var (partner, month, currency) = (rated[0].Posting.Partner, rated[0].Month, rated[0].Agreement.Currency);
        // A posting in a foreign period, or rated by other terms, would settle at a wrong price without anybody noticing.
        var stray = IdOf(partner, month, currency) == Id ? rated.FirstOrDefault(r => !r.BelongsTo(partner, month, currency)) : rated[0];
        return stray is null
            ? Decision<SettlementFact>.Accept([.. rated.GroupBy(r => r.Kind).Select(r => new PostingsSettled(r.Key, partner, month, currency, Priced(r)))])
            : throw new InvalidOperationException($"Transaction {stray.Posting.TransactionId} of partner {stray.Posting.Partner} does not belong into settlement period {Id}.");
    }

    public SettlementPeriod When(object @event) => @event is SettlementFact fact
        ? After(fact.Settled())
        : throw new InvalidOperationException($"{@event.GetType().Name} is no fact of a settlement period.");

    public Position Position(PartnerId partner, Currency currency) =>
        new(partner, Issued.Concat(On(Side.Owes)).Cost(currency), Accepted.Concat(On(Side.Owed)).Cost(currency));

    private SettlementPeriod After(PostingsSettled settled) => settled.Kind.Plain() switch
    {
        PostingKind.Issue => this with { Issued = Issued.Add(settled.PriceLines) },
        PostingKind.Acceptance => this with { Accepted = Accepted.Add(settled.PriceLines) },
        var kind => this with
        {
            Others = [.. Others.Where(o => o.Kind != kind), .. Of(kind).Add(settled.PriceLines).Select(line => new OtherLine(kind, line))],
        },
    };

    private IReadOnlyList<PriceLine> Of(PostingKind kind) => [.. Others.Where(o => o.Kind == kind).Select(o => o.Line)];

    private IEnumerable<PriceLine> On(Side side) => Others.Where(o => o.Kind.Side() == side).Select(o => o.Line);

    private static IReadOnlyList<PricedPostings> Priced(IEnumerable<RatedPosting> rated) =>
        [.. rated.GroupBy(r => (r.Agreement.Version, r.Price)).Select(r => new PricedPostings(r.Key.Version, r.Key.Price, [.. r.Select(p => SettledPosting.Of(p.Posting))]))];
}

/// <param name="Kind">What is added up in it, less its reversals.</param>
internal sealed record OtherLine(PostingKind Kind, PriceLine Line);

/// <summary>All points that one partner issued, or accepted, at one price within one period.</summary>
/// <param name="Points">What is left after reversals; below zero when more was reversed here than posted here.</param>
/// <param name="Transactions">How many purchases or redemptions, also those of 0 points.</param>
/// <param name="Reversals">How many returns and reversals.</param>
internal sealed record PriceLine(decimal Price, Points Points, long Transactions, long Reversals)
{
    public static PriceLine Of(PostingKind kind, PricedPostings priced) => kind.IsReversal()
        ? new(priced.Price, -priced.Points, 0, priced.Postings.Count)
        : new(priced.Price, priced.Points, priced.Postings.Count, 0);

    public PriceLine Plus(PriceLine other) =>
        this with { Points = Points + other.Points, Transactions = Transactions + other.Transactions, Reversals = Reversals + other.Reversals };
}

internal static class PriceLines
{
    public static IReadOnlyList<PriceLine> Add(this IReadOnlyList<PriceLine> lines, IEnumerable<PriceLine> more) => more.Aggregate(lines, Add);

    /// <summary>
    /// What these points cost. The only place where money is rounded: once per price, over the sum of its points, so that
    /// the result depends neither on the order of the postings nor on how many there were.
    /// </summary>
    public static Money Cost(this IEnumerable<PriceLine> lines, Currency currency) =>
        lines.Aggregate(Money.Zero(currency), (sum, line) => sum + Money.Rounded(line.Points.Value * line.Price, currency));

    private static IReadOnlyList<PriceLine> Add(IReadOnlyList<PriceLine> lines, PriceLine line) => lines.Any(l => l.Price == line.Price)
        ? [.. lines.Select(l => l.Price == line.Price ? l.Plus(line) : l)]
        : [.. lines, line];
}
