using System.Text.Json.Serialization;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Disputes;

// The facts of a dispute. Their members are storage format: see Storage/StoredEvents.cs before renaming one.
internal abstract record DisputeFact;

/// <param name="Line">The line of the partner's statement of this cycle.</param>
/// <param name="Amount">What is in question: minor units that the partner wants more of, or to owe less.</param>
/// <param name="OpenedBy">The partner's client.</param>
internal sealed record DisputeOpened(
    Guid Dispute, CycleId Cycle, PartnerId Partner, string Line, Currency Currency, long Amount, string Reason, string OpenedBy, DateTimeOffset OpenedAt) : DisputeFact;

internal sealed record DisputeAnswered(Guid Dispute, string Text, string AnsweredBy, DateTimeOffset AnsweredAt) : DisputeFact;

internal sealed record DisputeReplied(Guid Dispute, string Text, string RepliedBy, DateTimeOffset RepliedAt) : DisputeFact;

internal sealed record DisputeWithdrawn(Guid Dispute, string WithdrawnBy, DateTimeOffset WithdrawnAt) : DisputeFact;

/// <param name="Amount">Minor units that the partner shall get; null: the dispute shall be rejected.</param>
internal sealed record DisputeDecisionProposed(
    Guid Dispute, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Amount, string Reason, string Maker, DateTimeOffset ProposedAt) : DisputeFact;

/// <summary>Another operator disagrees: the dispute is as open as before.</summary>
internal sealed record DisputeDecisionDeclined(Guid Dispute, string Checker, DateTimeOffset DeclinedAt) : DisputeFact;

/// <summary>The partner is right, wholly or in part. The correction stands in a stream of its own.</summary>
internal sealed record DisputeUpheld(Guid Dispute, long Amount, string Reason, string Maker, string Checker, Guid Correction, DateTimeOffset UpheldAt) : DisputeFact;

internal sealed record DisputeRejected(Guid Dispute, string Reason, string Maker, string Checker, DateTimeOffset RejectedAt) : DisputeFact;
