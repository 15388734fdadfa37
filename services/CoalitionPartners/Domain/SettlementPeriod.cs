using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain;

// The facts of a settlement stream: one per ledger event that moves money, with what a point costs.
// Their members are storage format: see Storage/StoredEvents.cs before renaming one.
internal abstract record SettlementFact(Posting Posting, Currency Currency, decimal Price);

internal sealed record PointsIssued(Posting Posting, Currency Currency, decimal Price) : SettlementFact(Posting, Currency, Price);

internal sealed record IssueReversed(Posting Posting, Currency Currency, decimal Price) : SettlementFact(Posting, Currency, Price);

internal sealed record PointsAccepted(Posting Posting, Currency Currency, decimal Price) : SettlementFact(Posting, Currency, Price);

internal sealed record AcceptanceReversed(Posting Posting, Currency Currency, decimal Price) : SettlementFact(Posting, Currency, Price);

/// <summary>What the ledger says has happened, as far as settlement needs it.</summary>
/// <param name="LedgerEventId">The ledger's event, from which all else can be looked up.</param>
/// <param name="AgreementVersion">The terms that rated it: for a reversal those of what it reverses.</param>
internal sealed record Posting(
    Guid LedgerEventId, PartnerId Partner, TransactionId TransactionId, Points Points, int AgreementVersion, DateTimeOffset OccurredAt);

/// <summary>
/// What moves money between one partner and the coalition in one month and currency. A reversal counts in the month in
/// which it was made, at the price of what it reverses, so that a month that is over never changes.
/// </summary>
internal sealed record SettlementPeriod(Guid Id, IReadOnlyList<PriceLine> Issued, IReadOnlyList<PriceLine> Accepted) : IAggregate<SettlementPeriod>
{
    public static string Alias => "settlement_period";

    public static SettlementPeriod Initial(Guid streamId) => new(streamId, [], []);

    /// <summary>The stream's id follows from what it is about.</summary>
    public static Guid IdOf(PartnerId partner, Month month, Currency currency) => NamedGuid.From(partner.Value, $"settlement/{month}/{currency}");

    public Decision<SettlementFact> Issue(Posting posting, Agreement agreement) =>
        Decision<SettlementFact>.Accept(new PointsIssued(Own(posting, agreement), agreement.Currency, agreement.Terms.IssuePrice));

    public Decision<SettlementFact> ReverseIssue(Posting posting, Agreement agreement) =>
        Decision<SettlementFact>.Accept(new IssueReversed(Own(posting, agreement), agreement.Currency, agreement.Terms.IssuePrice));

    public Decision<SettlementFact> Accept(Posting posting, Agreement agreement) =>
        Decision<SettlementFact>.Accept(new PointsAccepted(Own(posting, agreement), agreement.Currency, agreement.Terms.RedeemPrice));

    public Decision<SettlementFact> ReverseAcceptance(Posting posting, Agreement agreement) =>
        Decision<SettlementFact>.Accept(new AcceptanceReversed(Own(posting, agreement), agreement.Currency, agreement.Terms.RedeemPrice));

    public SettlementPeriod When(object @event) => @event switch
    {
        PointsIssued e => this with { Issued = Issued.Add(PriceLine.Of(e)) },
        IssueReversed e => this with { Issued = Issued.Add(PriceLine.Reversing(e)) },
        PointsAccepted e => this with { Accepted = Accepted.Add(PriceLine.Of(e)) },
        AcceptanceReversed e => this with { Accepted = Accepted.Add(PriceLine.Reversing(e)) },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of a settlement period."),
    };

    public Position Position(PartnerId partner, Currency currency) => new(partner, Issued.Cost(currency), Accepted.Cost(currency));

    // A posting in a foreign period, or rated by other terms, would settle at a wrong price without anybody noticing.
    private Posting Own(Posting posting, Agreement agreement) =>
        IdOf(posting.Partner, Month.Of(posting.OccurredAt), agreement.Currency) == Id && posting.AgreementVersion == agreement.Version
            ? posting
            : throw new InvalidOperationException($"Transaction {posting.TransactionId} of partner {posting.Partner} does not belong into settlement period {Id}.");
}

/// <summary>All points that one partner issued, or accepted, at one price within one period.</summary>
/// <param name="Points">What is left after reversals; below zero when more was reversed here than posted here.</param>
/// <param name="Transactions">How many purchases or redemptions, also those of 0 points.</param>
/// <param name="Reversals">How many returns and reversals.</param>
internal sealed record PriceLine(decimal Price, Points Points, long Transactions, long Reversals)
{
    public static PriceLine Of(SettlementFact fact) => new(fact.Price, fact.Posting.Points, 1, 0);

    public static PriceLine Reversing(SettlementFact fact) => new(fact.Price, -fact.Posting.Points, 0, 1);

    public PriceLine Plus(PriceLine other) =>
        this with { Points = Points + other.Points, Transactions = Transactions + other.Transactions, Reversals = Reversals + other.Reversals };
}

internal static class PriceLines
{
    public static IReadOnlyList<PriceLine> Add(this IReadOnlyList<PriceLine> lines, PriceLine line) => lines.Any(l => l.Price == line.Price)
        ? [.. lines.Select(l => l.Price == line.Price ? l.Plus(line) : l)]
        : [.. lines, line];

    /// <summary>
    /// What these points cost. The only place where money is rounded: once per price, over the sum of its points, so that
    /// the result depends neither on the order of the postings nor on how many there were.
    /// </summary>
    public static Money Cost(this IEnumerable<PriceLine> lines, Currency currency) =>
        lines.Aggregate(Money.Zero(currency), (sum, line) => sum + Money.Rounded(line.Points.Value * line.Price, currency));
}
