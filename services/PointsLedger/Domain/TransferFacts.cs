using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain;

/// <summary>Why points move from one account to another.</summary>
internal static class TransferKind
{
    public const string Gift = "gift";
    public const string Pool = "pool";
    public const string Merge = "merge";
    public const string Undo = "undo";
}

/// <summary>Points have left for another account, lots and all.</summary>
/// <param name="Transfer">The transfer, by which both accounts know it.</param>
/// <param name="Kind">One of <see cref="TransferKind"/>.</param>
internal sealed record PointsSent(
    Guid Transfer, string Kind, AccountId To, Points Points, ImmutableArray<Draw> Draws, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IDatedFact
{
    /// <summary>What the account owed and the other one owes from now on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Points Debt { get; init; }

    /// <summary>The limits it counts towards.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<LimitCount>? Limits { get; init; }
}

/// <summary>Points have come from another account. They keep their issuer, their purchase, their age and the time from which they can be spent.</summary>
internal sealed record PointsReceived(
    Guid Transfer, string Kind, AccountId From, Points Points, ImmutableArray<ReceivedLot> Lots, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IDatedFact
{
    /// <summary>What the other account owed and this one owes from now on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Points Debt { get; init; }
}

/// <summary>Points of one lot that came from another account.</summary>
/// <param name="Was">The lot's number in the account they came from.</param>
/// <param name="As">The lot they are now: it begins with as many points as came.</param>
internal sealed record ReceivedLot(int Was, Provenance As);

/// <summary>An account has been opened that belongs to no member: members put their points together in it.</summary>
internal sealed record PoolOpened(DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IDatedFact;

/// <summary>The account leads to another one from now on, where its points and its cards are.</summary>
/// <param name="Kind"><c>merge</c> or <c>pool</c>.</param>
internal sealed record AccountMerged(Guid Merge, string Kind, AccountId Into, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IDatedFact;

/// <summary>Two accounts that had been one are two again, and the cards of the one that had been merged lead to it. Stands in both streams.</summary>
/// <param name="From">The other one of the two.</param>
internal sealed record AccountSeparated(Guid Merge, string Kind, AccountId From, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IDatedFact;
