using System.Text.Json.Serialization;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain;

// What is stored in a settlement stream. The members are storage format: see Storage/StoredEvents.cs before renaming one.

/// <summary>A fact of a settlement stream.</summary>
internal abstract record SettlementFact
{
    /// <summary>What it says, in the one form in which all facts can be added up.</summary>
    public abstract PostingsSettled Settled();
}

/// <summary>
/// What came together for a period: postings of one kind, with what a point costs under each version of the agreement that rated some of them.
/// </summary>
internal sealed record PostingsSettled(
    PostingKind Kind, PartnerId Partner, Month Month, Currency Currency, IReadOnlyList<PricedPostings> Prices) : SettlementFact
{
    /// <summary>What it adds to the period, price by price.</summary>
    [JsonIgnore]
    public IEnumerable<PriceLine> PriceLines => Prices.Select(priced => PriceLine.Of(Kind, priced));

    [JsonIgnore]
    public IEnumerable<SettledPosting> Postings => Prices.SelectMany(priced => priced.Postings);

    public override PostingsSettled Settled() => this;
}

/// <summary>Postings that one version of the agreement rated, in the order of the ledger.</summary>
/// <param name="Price">What it says a point costs.</param>
internal sealed record PricedPostings(int AgreementVersion, decimal Price, IReadOnlyList<SettledPosting> Postings)
{
    [JsonIgnore]
    public Points Points => Postings.Sum(p => p.Points);
}

/// <summary>The receipt of a settlement: one posting of the ledger.</summary>
/// <param name="LedgerEventId">The ledger's event, from which all else can be looked up.</param>
/// <param name="TraceParent">The trace in which it was settled, where somebody records one. It stands here because each posting of a fact has its own.</param>
internal readonly record struct SettledPosting(
    Guid LedgerEventId, TransactionId TransactionId, Points Points, DateTimeOffset OccurredAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TraceParent)
{
    public static SettledPosting Of(Posting p) => new(p.LedgerEventId, p.TransactionId, p.Points, p.OccurredAt, p.TraceParent);
}

/// <summary>What a posting does to a period. It is stored by its name.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PostingKind>))]
internal enum PostingKind
{
    [JsonStringEnumMemberName("issue")]
    Issue,

    [JsonStringEnumMemberName("issue-reversal")]
    IssueReversal,

    [JsonStringEnumMemberName("acceptance")]
    Acceptance,

    [JsonStringEnumMemberName("acceptance-reversal")]
    AcceptanceReversal,
}

internal static class PostingKinds
{
    /// <summary>Whether it concerns what the partner owes, rather than what it is owed.</summary>
    public static bool IsIssue(this PostingKind kind) => kind is PostingKind.Issue or PostingKind.IssueReversal;

    public static bool IsReversal(this PostingKind kind) => kind is PostingKind.IssueReversal or PostingKind.AcceptanceReversal;
}

/// <summary>
/// A fact of a single posting. Nothing writes these any more; the logs that hold them are read for ever.
/// </summary>
internal abstract record SinglePosting(Posting Posting, Currency Currency, decimal Price) : SettlementFact
{
    public sealed override PostingsSettled Settled() => new(
        Kind, Posting.Partner, Month.Of(Posting.OccurredAt), Currency, [new(Posting.AgreementVersion, Price, [SettledPosting.Of(Posting)])]);

    private PostingKind Kind => this switch
    {
        PointsIssued => PostingKind.Issue,
        IssueReversed => PostingKind.IssueReversal,
        PointsAccepted => PostingKind.Acceptance,
        AcceptanceReversed => PostingKind.AcceptanceReversal,
        _ => throw new InvalidOperationException($"{GetType().Name} is no kind of posting."),
    };
}

internal sealed record PointsIssued(Posting Posting, Currency Currency, decimal Price) : SinglePosting(Posting, Currency, Price);

internal sealed record IssueReversed(Posting Posting, Currency Currency, decimal Price) : SinglePosting(Posting, Currency, Price);

internal sealed record PointsAccepted(Posting Posting, Currency Currency, decimal Price) : SinglePosting(Posting, Currency, Price);

internal sealed record AcceptanceReversed(Posting Posting, Currency Currency, decimal Price) : SinglePosting(Posting, Currency, Price);

/// <summary>What the ledger says has happened, as far as settlement needs it.</summary>
/// <param name="LedgerEventId">The ledger's event, from which all else can be looked up.</param>
/// <param name="AgreementVersion">The terms that rated it: for a reversal those of what it reverses.</param>
/// <param name="TraceParent">The trace in which it is settled, where somebody records one.</param>
internal sealed record Posting(
    Guid LedgerEventId, PartnerId Partner, TransactionId TransactionId, Points Points, int AgreementVersion, DateTimeOffset OccurredAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TraceParent = null);

/// <summary>A posting and the terms that rated it.</summary>
internal sealed record RatedPosting(Posting Posting, Agreement Agreement)
{
    public Month Month => Month.Of(Posting.OccurredAt);

    public bool BelongsTo(PartnerId partner, Month month, Currency currency) =>
        Posting.Partner == partner && Month == month && Agreement.Currency == currency && Posting.AgreementVersion == Agreement.Version;
}
