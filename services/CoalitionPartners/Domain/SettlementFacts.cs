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

    /// <summary>Points of this issuer were redeemed somewhere: the part of their price that falls due then.</summary>
    [JsonStringEnumMemberName("funding")]
    Funding,

    [JsonStringEnumMemberName("funding-reversal")]
    FundingReversal,

    /// <summary>Points of this issuer lapsed, at what is given back to it for them; 0 where the coalition keeps it.</summary>
    [JsonStringEnumMemberName("breakage")]
    Breakage,

    /// <summary>Points issued out of a block that was paid for when it was bought.</summary>
    [JsonStringEnumMemberName("prepaid-issue")]
    PrepaidIssue,

    [JsonStringEnumMemberName("prepaid-issue-reversal")]
    PrepaidIssueReversal,

    /// <summary>A block of points was bought.</summary>
    [JsonStringEnumMemberName("block")]
    Block,
}

/// <summary>Which of a partner's sums a posting belongs to.</summary>
internal enum Side
{
    Nothing,
    Owes,
    Owed,
}

/// <summary>What each kind of posting does to money, in one place.</summary>
internal static class PostingKinds
{
    public static Side Side(this PostingKind kind) => kind.Plain() switch
    {
        PostingKind.Issue or PostingKind.Funding or PostingKind.Block => Domain.Side.Owes,
        PostingKind.Acceptance or PostingKind.Breakage => Domain.Side.Owed,
        PostingKind.PrepaidIssue => Domain.Side.Nothing,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind of posting."),
    };

    /// <summary>-1 for what takes back from its side, 1 for what adds to it.</summary>
    public static int Sign(this PostingKind kind) => kind.IsReversal() ? -1 : 1;

    public static bool IsReversal(this PostingKind kind) => kind.Plain() != kind;

    /// <summary>The kind with whose points it is added up: what it reverses, or itself.</summary>
    public static PostingKind Plain(this PostingKind kind) => kind switch
    {
        PostingKind.IssueReversal => PostingKind.Issue,
        PostingKind.AcceptanceReversal => PostingKind.Acceptance,
        PostingKind.FundingReversal => PostingKind.Funding,
        PostingKind.PrepaidIssueReversal => PostingKind.PrepaidIssue,
        _ => kind,
    };
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
/// <param name="Price">What a point costs, exactly.</param>
internal sealed record RatedPosting(PostingKind Kind, decimal Price, Posting Posting, Agreement Agreement)
{
    public Month Month => Month.Of(Posting.OccurredAt);

    public bool BelongsTo(PartnerId partner, Month month, Currency currency) =>
        Posting.Partner == partner && Month == month && Agreement.Currency == currency && Posting.AgreementVersion == Agreement.Version;
}
