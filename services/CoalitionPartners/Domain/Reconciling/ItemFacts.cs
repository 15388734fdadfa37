using System.Text.Json.Serialization;

namespace Loyalty.CoalitionPartners.Domain.Reconciling;

/// <summary>What is done about a difference. It is stored by its name.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ItemDecision>))]
internal enum ItemDecision
{
    /// <summary>The difference stays, and both sides live with it.</summary>
    [JsonStringEnumMemberName("accept")]
    Accept,

    /// <summary>Our book is corrected by a transaction.</summary>
    [JsonStringEnumMemberName("correct")]
    Correct,

    /// <summary>Our book is right; the partner corrects its own.</summary>
    [JsonStringEnumMemberName("reject")]
    Reject,

    /// <summary>Both sides maintain their figures.</summary>
    [JsonStringEnumMemberName("dispute")]
    Dispute,
}

// The facts of an item's stream. Their members are storage format: see Storage/StoredEvents.cs before renaming one.
internal abstract record ItemFact;

/// <param name="Owner">The operator's client that looks into it.</param>
/// <param name="By">The operator's client that said so.</param>
internal sealed record ItemAssigned(Guid Reconciliation, int Item, string Owner, string By, DateTimeOffset AssignedAt) : ItemFact;

/// <param name="Found">What is decided on, as it was found.</param>
/// <param name="Maker">The operator's client that proposes it.</param>
internal sealed record DecisionProposed(
    Guid Reconciliation, int Item, Finding Found, ItemDecision Decision, string Reason, string Maker, DateTimeOffset ProposedAt) : ItemFact;

internal sealed record DecisionRejected(Guid Reconciliation, int Item, string Checker, DateTimeOffset RejectedAt) : ItemFact;

/// <param name="Correction">The batch in which the correction is sent to the ledger; null for every other decision.</param>
internal sealed record DecisionApproved(
    Guid Reconciliation, int Item, ItemDecision Decision, string Reason, string Maker, string Checker, DateTimeOffset ApprovedAt, Guid? Correction) : ItemFact;

/// <summary>A difference as it was found.</summary>
/// <param name="TransactionKind">Kind of transaction.</param>
/// <param name="There">The partner's id of it; null where its book has none.</param>
/// <param name="Here">The id of ours; null where there is none.</param>
/// <param name="Currency">Null where no money moved at the till.</param>
/// <param name="AmountDifference">Theirs less ours, in minor units.</param>
/// <param name="PointsDifference">Theirs less ours.</param>
internal sealed record Finding(
    DifferenceKind Kind, string TransactionKind, string? There, string? Here, string? Currency, long AmountDifference, long PointsDifference);
