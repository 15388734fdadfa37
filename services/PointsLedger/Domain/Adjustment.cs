using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain;

// A correction of an account by two operators: a stream of its own, which ends with the second one's word. Its facts' property names are
// storage format.

/// <summary>Something that happened to an adjustment.</summary>
internal interface IAdjustmentFact;

/// <summary>An operator has proposed it.</summary>
/// <param name="Adjustment">By which it is known; the stream's id follows from it.</param>
/// <param name="Issuer">The partner whose points they are.</param>
/// <param name="Points">Below zero to take points away.</param>
/// <param name="Reason">One of <see cref="AdjustmentReasons"/>.</param>
/// <param name="Note">For the other operator; no personal data, because facts are for ever.</param>
/// <param name="Maker">The operator's client.</param>
internal sealed record AdjustmentProposed(
    Guid Adjustment, AccountId Account, PartnerId Issuer, Points Points, string Reason, string? Note, string Maker, DateTimeOffset RecordedAt)
    : IAdjustmentFact;

/// <summary>Another operator has agreed, and the account has been corrected in the same commit.</summary>
internal sealed record AdjustmentApproved(string Checker, DateTimeOffset RecordedAt) : IAdjustmentFact;

/// <summary>Another operator has disagreed: nothing becomes of it.</summary>
internal sealed record AdjustmentRejected(string Checker, DateTimeOffset RecordedAt) : IAdjustmentFact;

/// <summary>Why accounts are adjusted.</summary>
internal static class AdjustmentReasons
{
    public static readonly IReadOnlyList<string> All = ["goodwill", "missing-purchase", "duplicate-purchase", "fraud", "correction", "migration"];
}

/// <summary>What one operator may propose; points taken away count like points given.</summary>
/// <param name="MostAtOnce">In one adjustment.</param>
/// <param name="MostPerDay">In a day, in UTC. What is rejected later counts all the same.</param>
internal sealed record AdjustmentLimits(Points MostAtOnce, Points MostPerDay);

/// <summary>Where an adjustment stands.</summary>
internal enum AdjustmentStatus
{
    None,
    Proposed,
    Approved,
    Rejected,
}

/// <summary>A correction of an account, from its proposal to the decision on it.</summary>
internal sealed record Adjustment(Guid Id) : IAggregate<Adjustment>
{
    private static readonly Guid Streams = new("0b8c8a2e-2f0a-4d5e-9a36-6f3d1c9f7e51");

    public static string Alias => "adjustment";

    /// <summary>Never the id of an account, whatever id somebody asks for.</summary>
    public static Guid StreamOf(Guid adjustment) => NamedGuid.From(Streams, adjustment.ToString());

    public AdjustmentStatus Status { get; init; }

    /// <summary>What is proposed; null before.</summary>
    public AdjustmentProposed? Proposal { get; init; }

    /// <summary>Who decided; null before.</summary>
    public string? Checker { get; init; }

    public static Adjustment Initial(Guid streamId) => new(streamId);

    public Adjustment When(object @event) => @event switch
    {
        AdjustmentProposed e => this with { Status = AdjustmentStatus.Proposed, Proposal = e },
        AdjustmentApproved e => this with { Status = AdjustmentStatus.Approved, Checker = e.Checker },
        AdjustmentRejected e => this with { Status = AdjustmentStatus.Rejected, Checker = e.Checker },
        _ => throw new InvalidOperationException($"An adjustment does not know the fact {@event.GetType().Name}."),
    };

    /// <param name="proposal">What is proposed.</param>
    /// <param name="account">The account as it stands.</param>
    /// <param name="limits">What one operator may propose.</param>
    /// <param name="today">What the maker has proposed today.</param>
    public Decision<IAdjustmentFact> Propose(AdjustmentProposed proposal, Account account, AdjustmentLimits limits, Points today)
    {
        if (Proposal is not null) return AdjustmentRefusals.IdTaken;
        if (!account.Opened || account.Closed) return AdjustmentRefusals.UnknownAccount;
        var points = proposal.Points.Size();
        if (points > limits.MostAtOnce) return AdjustmentRefusals.TooLarge(limits.MostAtOnce);
        if (today + points > limits.MostPerDay) return AdjustmentRefusals.DayUsedUp(limits.MostPerDay);
        return Accept(proposal);
    }

    /// <summary>Nothing more happens when the same operator approves again.</summary>
    public Decision<IAdjustmentFact> Approve(string checker, DateTimeOffset at) =>
        Refuse(checker, AdjustmentStatus.Approved) is { } refusal ? refusal :
        Status == AdjustmentStatus.Approved ? Accept() : Accept(new AdjustmentApproved(checker, at));

    /// <summary>Nothing more happens when the same operator rejects again.</summary>
    public Decision<IAdjustmentFact> Reject(string checker, DateTimeOffset at) =>
        Refuse(checker, AdjustmentStatus.Rejected) is { } refusal ? refusal :
        Status == AdjustmentStatus.Rejected ? Accept() : Accept(new AdjustmentRejected(checker, at));

    private Refusal? Refuse(string checker, AdjustmentStatus wanted) =>
        Proposal is null ? AdjustmentRefusals.Unknown :
        string.Equals(checker, Proposal.Maker, StringComparison.Ordinal) ? AdjustmentRefusals.SamePerson :
        Status == AdjustmentStatus.Proposed || (Status == wanted && string.Equals(checker, Checker, StringComparison.Ordinal)) ? null :
        AdjustmentRefusals.Decided;

    private static Decision<IAdjustmentFact> Accept(params IReadOnlyList<IAdjustmentFact> facts) => Decision<IAdjustmentFact>.Accept(facts);
}

/// <summary>Why adjustments are refused.</summary>
internal static class AdjustmentRefusals
{
    public static readonly Refusal Unknown = new("unknown-adjustment", "There is no such adjustment. Check its id.");

    public static readonly Refusal UnknownAccount = new("unknown-account", "There is no such account, or its member is gone. Check its id.");

    public static readonly Refusal IdTaken = new("transaction-differs", "This id was used before for a different request. Repeat that request unchanged, or use a new id.");

    public static readonly Refusal SamePerson = new("same-person", "Whoever proposes an adjustment doesn't decide on it. Ask another operator.");

    public static readonly Refusal Decided = new("adjustment-decided", "Another decision on this adjustment has been taken already. Propose a new one if it was wrong.");

    public static readonly Refusal NoAgreement =
        new("issuer-without-agreement", "This issuer has no agreement in force that prices its points. Check the issuer, or enter an agreement.");

    public static Refusal TooLarge(Points most) =>
        new("adjustment-too-large", $"One adjustment may be about {most} points at most. Propose less, or have the limit raised.");

    public static Refusal DayUsedUp(Points most) =>
        new("adjustments-used-up", $"One operator may propose {most} points a day. Send it under a new id tomorrow, or have somebody else propose it.");
}
