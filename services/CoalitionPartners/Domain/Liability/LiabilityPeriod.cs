using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Liability;

// The facts of a period's stream. Their members are storage format: see Storage/StoredEvents.cs before renaming one.
internal abstract record LiabilityPeriodFact;

/// <param name="Maker">The client of the operator who asks for it.</param>
internal sealed record PeriodClosingProposed(Month Period, string Maker, DateTimeOffset ProposedAt) : LiabilityPeriodFact;

internal sealed record PeriodClosingRejected(Month Period, string Checker, DateTimeOffset RejectedAt) : LiabilityPeriodFact;

/// <summary>The books of a month as they were closed by two operators. Nothing that comes later is in them.</summary>
/// <param name="ThroughSequence">The place in this service's log up to which agreements and estimates are in the figures.</param>
/// <param name="LedgerEvents">How many of the ledger's events are.</param>
internal sealed record LiabilityPeriodClosed(
    Month Period, long ThroughSequence, long LedgerEvents, string Maker, string Checker, DateTimeOffset ClosedAt,
    IReadOnlyList<CohortFigures> Cohorts, IReadOnlyList<LateMovements> Late) : LiabilityPeriodFact;

/// <summary>What the books of a month come to.</summary>
internal sealed record PeriodFigures(long ThroughSequence, long LedgerEvents, IReadOnlyList<CohortFigures> Cohorts, IReadOnlyList<LateMovements> Late);

/// <summary>The books of a month on their way from open to closed, which takes two operators.</summary>
internal sealed record LiabilityPeriod(Guid Id, PeriodClosingProposed? Proposal, string? RejectedBy, LiabilityPeriodClosed? Closed) : IAggregate<LiabilityPeriod>
{
    private static readonly Guid Streams = new("c2a1b9d4-0f6e-5a3c-8d27-94e5f1706b38");

    public static string Alias => "liability_period";

    public static LiabilityPeriod Initial(Guid streamId) => new(streamId, null, null, null);

    public static Guid StreamOf(Month period) => NamedGuid.From(Streams, period.ToString());

    /// <summary>A period whose closing is proposed, or that is closed, is left as it is.</summary>
    /// <param name="next">The only one that may be closed; null as long as nothing has moved, when any may.</param>
    public Decision<LiabilityPeriodFact> Propose(Month period, Month? next, string maker, DateTimeOffset at)
    {
        if (Proposal is not null || Closed is not null)
            return Accept();
        if (at < new DateTimeOffset(period.Next().First, TimeOnly.MinValue, TimeSpan.Zero))
            return LiabilityRefusals.NotOver(period);
        return next is { } due && due != period ? LiabilityRefusals.NotNext(due) : Accept(new PeriodClosingProposed(period, maker, at));
    }

    /// <summary>Nothing more happens when the same operator approves again.</summary>
    /// <param name="figures">What the books come to at this moment.</param>
    public Decision<LiabilityPeriodFact> Approve(Month? next, PeriodFigures figures, string checker, DateTimeOffset at)
    {
        if (checker == (Closed?.Maker ?? Proposal?.Maker))
            return LiabilityRefusals.SamePerson;
        if (Closed is not null)
            return checker == Closed.Checker ? Accept() : LiabilityRefusals.Decided;
        if (Proposal is not { } proposal)
            return LiabilityRefusals.NotProposed;
        return next is { } due && due != proposal.Period
            ? LiabilityRefusals.NotNext(due)
            : Accept(new LiabilityPeriodClosed(
                proposal.Period, figures.ThroughSequence, figures.LedgerEvents, proposal.Maker, checker, at, figures.Cohorts, figures.Late));
    }

    /// <summary>Nothing more happens when the same operator rejects again.</summary>
    public Decision<LiabilityPeriodFact> Reject(string checker, DateTimeOffset at)
    {
        if (checker == (Closed?.Maker ?? Proposal?.Maker))
            return LiabilityRefusals.SamePerson;
        if (Closed is not null)
            return LiabilityRefusals.Decided;
        if (Proposal is not { } proposal)
            return checker == RejectedBy ? Accept() : LiabilityRefusals.NotProposed;
        return Accept(new PeriodClosingRejected(proposal.Period, checker, at));
    }

    public LiabilityPeriod When(object @event) => @event switch
    {
        PeriodClosingProposed e => this with { Proposal = e, RejectedBy = null },
        PeriodClosingRejected e => this with { Proposal = null, RejectedBy = e.Checker },
        LiabilityPeriodClosed e => this with { Proposal = null, Closed = e },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of a liability period."),
    };

    private static Decision<LiabilityPeriodFact> Accept(params IReadOnlyList<LiabilityPeriodFact> facts) => Decision<LiabilityPeriodFact>.Accept(facts);
}
