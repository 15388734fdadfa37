using System.Text.Json.Serialization;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Disputes;

// The facts of a correction. Their members are storage format: see Storage/StoredEvents.cs before renaming one.
internal abstract record CorrectionFact;

/// <param name="Amount">Minor units in the partner's favour, not zero.</param>
/// <param name="Maker">The client of the operator who asks for it.</param>
internal sealed record CorrectionProposed(
    Guid Correction, PartnerId Partner, Currency Currency, long Amount, string Reason, string Maker, DateTimeOffset ProposedAt) : CorrectionFact;

internal sealed record CorrectionRejected(Guid Correction, string Checker, DateTimeOffset RejectedAt) : CorrectionFact;

/// <summary>
/// Money between a partner and the coalition that follows from no posting. It belongs to the cycle that is open where this fact stands
/// in the log.
/// </summary>
/// <param name="Cycle">The closed cycle that it corrects, with its line and the dispute that was upheld; null for one without a dispute.</param>
internal sealed record CorrectionPosted(
    Guid Correction, PartnerId Partner, Currency Currency, long Amount, string Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CycleId? Cycle,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Line,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Dispute,
    string Maker, string Checker, DateTimeOffset PostedAt) : CorrectionFact;

/// <summary>A correction that operators post forward, which takes two of them.</summary>
internal sealed record Correction(Guid Id, CorrectionProposed? Proposal, CorrectionRejected? Rejected, CorrectionPosted? Posted) : IAggregate<Correction>
{
    private static readonly Guid Streams = new("e3a1f0d4-9c55-5b0e-b6d2-8f24a7c61e55");

    public static string Alias => "correction";

    public static Correction Initial(Guid streamId) => new(streamId, null, null, null);

    public static Guid StreamOf(Guid correction) => NamedGuid.From(Streams, correction.ToString());

    /// <summary>The correction that follows from a dispute.</summary>
    public static Guid Of(Guid dispute) => NamedGuid.From(dispute, "correction");

    /// <summary>Nothing more happens for the same content.</summary>
    public Decision<CorrectionFact> Propose(Guid correction, PartnerId partner, Money amount, string reason, string maker, DateTimeOffset at)
    {
        if (Proposal is null && Posted is null)
            return Accept(new CorrectionProposed(correction, partner, amount.Currency, amount.Minor, reason, maker, at));
        return Proposal is { } p && (p.Partner, p.Currency, p.Amount, p.Reason, p.Maker) == (partner, amount.Currency, amount.Minor, reason, maker)
            ? Accept()
            : CorrectionRefusals.Differs;
    }

    /// <summary>Nothing more happens when the same operator approves again.</summary>
    public Decision<CorrectionFact> Approve(string checker, DateTimeOffset at)
    {
        if (Proposal is not { } p)
            return CorrectionRefusals.Unknown;
        if (checker == p.Maker)
            return CorrectionRefusals.SamePerson;
        if (Posted is not null || Rejected is not null)
            return checker == Posted?.Checker ? Accept() : CorrectionRefusals.Decided;
        return Accept(new CorrectionPosted(p.Correction, p.Partner, p.Currency, p.Amount, p.Reason, null, null, null, p.Maker, checker, at));
    }

    /// <summary>Nothing more happens when the same operator rejects again.</summary>
    public Decision<CorrectionFact> Reject(string checker, DateTimeOffset at)
    {
        if (Proposal is not { } p)
            return CorrectionRefusals.Unknown;
        if (checker == p.Maker)
            return CorrectionRefusals.SamePerson;
        if (Posted is not null || Rejected is not null)
            return checker == Rejected?.Checker ? Accept() : CorrectionRefusals.Decided;
        return Accept(new CorrectionRejected(p.Correction, checker, at));
    }

    public Correction When(object @event) => @event switch
    {
        CorrectionProposed e => this with { Proposal = e },
        CorrectionRejected e => this with { Rejected = e },
        CorrectionPosted e => this with { Posted = e },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of a correction."),
    };

    private static Decision<CorrectionFact> Accept(params IReadOnlyList<CorrectionFact> facts) => Decision<CorrectionFact>.Accept(facts);
}

/// <summary>Why a correction is not posted.</summary>
internal static class CorrectionRefusals
{
    public static readonly Refusal Unknown = new("correction-unknown", "Nobody has proposed this correction. Check its id.");

    public static readonly Refusal SamePerson = new("same-person", "Whoever proposes a correction doesn't decide on it. Ask another operator.");

    public static readonly Refusal Decided = new("correction-decided", "This correction has been decided already. Propose another one if the decision was wrong.");

    public static Refusal Currency(Currency currency) => new("currency-differs", $"This partner settles in {currency}. Send the amount in that currency.");

    public static readonly Refusal Differs = new("correction-differs", "A correction of this id has other content. Repeat that unchanged, or choose another id.");
}
