using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;

namespace Loyalty.PointsLedger.Domain;

// The facts of an account's stream. Their property names are storage format: they decode for ever, so they are only ever added to, and
// what is added may be absent.

/// <summary>Something that happened to an account and is stored in its stream.</summary>
internal interface IAccountFact;

/// <summary>A fact that a partner's transaction caused.</summary>
internal interface ITransactionFact : IAccountFact
{
    Transaction Transaction { get; }
}

/// <summary>A fact that another service, or time alone, caused: when it happened, and when the ledger recorded it.</summary>
internal interface IDatedFact : IAccountFact
{
    DateTimeOffset OccurredAt { get; }

    DateTimeOffset RecordedAt { get; }
}

/// <summary>Who asked for it under which id, when it happened and when the ledger recorded it.</summary>
internal sealed record Transaction(PartnerId Partner, TransactionId Id, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt, bool Late = false);

internal sealed record AccountOpened(MemberId Member, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IDatedFact;

internal sealed record CardLinked(CardId Card, string Number, long CardVersion, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IDatedFact
{
    /// <summary>The account merged into this one whose card it is; null for a card of its own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AccountId? Of { get; init; }
}

internal sealed record CardBlocked(
    CardId Card, string Number, string Reason, long CardVersion, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IDatedFact
{
    /// <summary>The account merged into this one whose card it is; null for a card of its own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AccountId? Of { get; init; }
}

/// <summary>A purchase and everything it earned: a base lot, and a lot for every partner's part of every award.</summary>
/// <param name="Lot">The number of the base lot, by which the purchase is known within the account.</param>
/// <param name="Points">The base points, by the partner's agreement.</param>
internal sealed record PointsAccrued(
    Transaction Transaction, string Store, string Card, Money Amount, Terms Terms, int Lot, Points Points, DateTimeOffset? ExpiresAt) : ITransactionFact
{
    /// <summary>When the base points can be spent; null for at once.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ActivatesAt { get; init; }

    /// <summary>So many months after the member's last activity the base points lapse; 0 where they don't wait for that.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int SlidesBy { get; init; }

    /// <summary>Until when it puts off the expiry of points that wait for a sign of life; null where there are none, and in facts that were written before it was kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<SlidExpiry>? Slid { get; init; }

    /// <summary>What rounding cut off, less what it gave too much: it is carried to the member's next purchase.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public decimal Fraction { get; init; }

    /// <summary>The version of the programme that rated it; 0 for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Programme { get; init; }

    /// <summary>What the base points were given for, where base offers took their part of the amount.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Counted? Rated { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Receipt? Receipt { get; init; }

    [JsonIgnore]
    public ImmutableArray<Award>? Awards { get; init; }

    /// <summary>The awards as they are stored.</summary>
    [JsonInclude]
    [JsonPropertyName(nameof(Awards))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal ImmutableArray<WrittenAward>? WrittenAwards
    {
        get => Awards is { } awards ? [.. awards.Select(a => WrittenAward.Of(a, this))] : null;
        init => Awards = value is { } awards ? [.. awards.Select(a => a.Of(this))] : null;
    }

    /// <summary>Offers that were in question and gave nothing, and why.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<Missed>? Missed { get; init; }

    /// <summary>The limits it counts towards.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<LimitCount>? Limits { get; init; }

    /// <summary>The month in which it counts towards a tier, <c>202611</c>; 0 where there are no tiers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int TierMonth { get; init; }

    /// <summary>The issuers whose points were paid for beforehand, so that what they issue is counted; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<PartnerId>? Prepaid { get; init; }

    public Points IssuedBy(PartnerId issuer) =>
        (issuer == Transaction.Partner ? Points : Points.Zero) + (Awards ?? []).Where(a => a.Issuer == issuer).Sum(a => a.Points);

    /// <summary>Everything it earned.</summary>
    public Points Earned() => Awards is { } awards ? Points + awards.Sum(a => a.Points) : Points;
}

/// <summary>The part of a purchase that points were given for.</summary>
/// <param name="Lines">Which lines of the receipt; null for all of it.</param>
internal sealed record Counted(Money Amount, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableArray<int>? Lines);

/// <summary>Points of one issuer under one version of one offer, in a lot of their own.</summary>
/// <param name="Offer">The offer, or <c>tier:gold</c> for a tier's benefit.</param>
/// <param name="Version">Its version; of a tier's benefit that of the programme.</param>
/// <param name="AgreementVersion">The issuer's agreement that prices them.</param>
internal sealed record Award(int Lot, string Offer, int Version, PartnerId Issuer, int AgreementVersion, Points Points, Counted For, DateTimeOffset? ExpiresAt)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ActivatesAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int SlidesBy { get; init; }

    /// <summary>The windows of the offer's caps in which it counts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<string>? Windows { get; init; }

    /// <summary>Whether it uses up some of the offer's budget.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Budgeted { get; init; }
}

/// <summary>A posting counts towards a limit.</summary>
/// <param name="Limit">The limit's id, and whose: <c>daily-points/member</c>, <c>hourly/6276…</c> of a card. No offer's id has a slash.</param>
/// <param name="Window">For example <c>day 2026-11-21</c>.</param>
/// <param name="Beyond">Whether it goes beyond the limit, so that somebody should look at it.</param>
internal sealed record LimitCount(string Limit, string Window, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Beyond = false)
{
    /// <summary>Whether it is counted for all accounts together, so that the account itself need not remember it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Shared { get; init; }

    /// <summary>The limit's id alone.</summary>
    [JsonIgnore]
    public string Id => Limit.Split('/')[0];
}

internal sealed record DebtRepaid(Transaction Transaction, Points Points, ImmutableArray<Draw> Draws) : ITransactionFact;

/// <summary>Something of a purchase, or all of it, was returned.</summary>
/// <param name="Points">Base points taken back, those included that became debt.</param>
/// <param name="Debt">How many of the base points were already spent and are owed now.</param>
internal sealed record PurchaseReversed(
    Transaction Transaction, TransactionId Purchase, string Store, Money Amount, int AgreementVersion, int Lot, Points Points, Points Debt) : ITransactionFact
{
    /// <summary>Which lines of the receipt, where the return named some.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<ReturnedLine>? Lines { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<TakenAward>? Awards { get; init; }

    /// <summary>How many of the base points had lapsed before, so that they are taken from nobody.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Points Lapsed { get; init; }

    /// <summary>Points, beside those taken back, that were already spent and that by the programme nobody owes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Points Forgiven { get; init; }

    /// <summary>The month in which the purchase counted towards a tier; 0 where it didn't.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int TierMonth { get; init; }

    /// <summary>When the purchase was made; null in facts that were written before it was kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? PurchasedAt { get; init; }

    /// <summary>Whether nothing of the purchase is left: rules then count it no more.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Whole { get; init; }

    /// <summary>The issuers whose points were paid for beforehand when the purchase was made; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<PartnerId>? Prepaid { get; init; }

    public Points TakenFrom(PartnerId issuer) =>
        (issuer == Transaction.Partner ? Points : Points.Zero) + (Awards ?? []).Where(a => a.Issuer == issuer).Sum(a => a.Points);

    /// <summary>Everything taken back, those included that became debt.</summary>
    public Points Taken() => Awards is { } awards ? Points + awards.Sum(a => a.Points) : Points;

    /// <summary>Everything that is owed now.</summary>
    public Points Owed() => Awards is { } awards ? Debt + awards.Sum(a => a.Debt) : Debt;
}

/// <summary>A line of the receipt, by its index, and how much of it came back.</summary>
internal sealed record ReturnedLine(int Line, Money Amount);

/// <summary>Points taken back of an award.</summary>
internal sealed record TakenAward(
    int Lot, string Offer, int Version, PartnerId Issuer, int AgreementVersion, Points Points, Points Debt)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Points Lapsed { get; init; }

    /// <summary>The windows in which the award counts no more; null while something of the purchase is left.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<string>? Windows { get; init; }

    /// <summary>Whether the offer's budget gets them back: only with the return that leaves nothing of the purchase.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Budgeted { get; init; }
}

internal sealed record PointsReserved(
    Transaction Transaction, string Store, string Card, int AgreementVersion, Points Points, ImmutableArray<Draw> Draws) : ITransactionFact
{
    /// <summary>From then on they are free again, unless they were captured before; null for never.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ReleasesAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<LimitCount>? Limits { get; init; }
}

internal sealed record PointsRedeemed(
    Transaction Transaction, TransactionId? Reservation, string Store, string Card, int AgreementVersion, Points Points, ImmutableArray<Draw> Draws) : ITransactionFact
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<LimitCount>? Limits { get; init; }

    /// <summary>The reward they were spent on; null for a redemption at a till.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RewardClaim? Claim { get; init; }

    /// <summary>Until when it puts off the expiry of points that wait for a sign of life; null where there are none, and in facts that were written before it was kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<SlidExpiry>? Slid { get; init; }

    /// <summary>Who accepted the points.</summary>
    public PartnerId Redeemer() => Claim?.Partner ?? Transaction.Partner;
}

internal sealed record ReservationReleased(Transaction Transaction, TransactionId Reservation, Points Points, ImmutableArray<Draw> Draws) : ITransactionFact;

internal sealed record RedemptionReversed(
    Transaction Transaction, TransactionId Redemption, string Store, int AgreementVersion, Points Points, ImmutableArray<Draw> Draws) : ITransactionFact
{
    /// <summary>The reward they had been spent on, whose voucher is worth nothing from now on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RewardClaim? Claim { get; init; }

    /// <summary>Who had accepted the points.</summary>
    public PartnerId Redeemer() => Claim?.Partner ?? Transaction.Partner;
}

/// <summary>The reward was handed out for the voucher; its points can't be given back from now on.</summary>
/// <param name="Transaction">Of the partner that delivered it.</param>
internal sealed record VoucherRedeemed(Transaction Transaction, string Store, string Reward, Guid Voucher) : ITransactionFact;

/// <summary>A reservation that nobody captured in time released itself.</summary>
internal sealed record ReservationTimedOut(
    PartnerId Redeemer, TransactionId Reservation, Points Points, ImmutableArray<Draw> Draws, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IDatedFact;

/// <summary>Pending points can be spent from now on.</summary>
internal sealed record PointsActivated(Points Points, ImmutableArray<Draw> Draws, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IDatedFact;

/// <summary>Points have lapsed. They were worth nothing from <paramref name="OccurredAt"/> on, however much later it is written down.</summary>
internal sealed record PointsExpired(Points Points, ImmutableArray<Draw> Draws, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IDatedFact;

/// <summary>The member saves for a reward.</summary>
/// <param name="Version">The version of the reward that said what it costs.</param>
/// <param name="Cost">What it cost then.</param>
internal sealed record GoalChosen(string Reward, int Version, Points Cost, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IDatedFact;

/// <summary>The member saves for a reward no more.</summary>
/// <param name="Reason"><c>dropped</c>, or <c>claimed</c>.</param>
internal sealed record GoalDropped(string Reward, string Reason, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IDatedFact;

internal sealed record AccountClosed(string Reason, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IDatedFact;
