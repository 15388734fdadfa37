using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Clearing;

// The facts of a cycle's stream. Their members are storage format: see Storage/StoredEvents.cs before renaming one.
internal abstract record ClearingFact;

/// <param name="Maker">The client of the operator who asks for it.</param>
internal sealed record ClosingProposed(CycleId Cycle, DateTimeOffset From, DateTimeOffset Until, string Maker, DateTimeOffset ProposedAt) : ClearingFact;

internal sealed record ClosingRejected(CycleId Cycle, string Checker, DateTimeOffset RejectedAt) : ClearingFact;

/// <summary>
/// Another operator has agreed. The place of this very event in the log is the cut: postings before it that belong to the cycle are in it,
/// and whatever comes after it goes to a later one.
/// </summary>
internal sealed record CycleCut(CycleId Cycle, DateTimeOffset From, DateTimeOffset Until, string Maker, string Checker, DateTimeOffset ApprovedAt) : ClearingFact;

/// <summary>What the cycle came to. It follows from the log up to the cut and from nothing else.</summary>
/// <param name="ThroughSequence">The sequence number of the cut.</param>
internal sealed record CycleClosed(
    CycleId Cycle, DateTimeOffset From, DateTimeOffset Until, long ThroughSequence, IReadOnlyList<CurrencyClearing> Currencies) : ClearingFact
{
    /// <summary>Computes it. The same input gives the same, in whatever order it comes.</summary>
    public static CycleClosed Of(Cycle cycle, long throughSequence, IEnumerable<StatementInput> inputs) =>
        new(cycle.Id, cycle.From, cycle.Until, throughSequence, Clear(inputs));

    /// <summary>Statements and netting of every currency.</summary>
    public static IReadOnlyList<CurrencyClearing> Clear(IEnumerable<StatementInput> inputs) =>
    [
        .. inputs.Select(i => i.Statement()).Where(s => !s.IsEmpty)
            .GroupBy(s => s.Currency).OrderBy(c => c.Key.Code, StringComparer.Ordinal)
            .Select(c => CurrencyClearing.Of(c.Key, [.. c.OrderBy(s => s.Partner.Value)])),
    ];
}

/// <summary>The cycles around one that is to be closed.</summary>
/// <param name="EarlierOpen">An earlier one that has postings and is not closed.</param>
/// <param name="LaterCut">A later one that has been cut: nothing comes into this one any more.</param>
internal sealed record Neighbours(CycleId? EarlierOpen, CycleId? LaterCut)
{
    /// <summary>Why the cycle between them can't be closed, or null.</summary>
    public Refusal? Refusal() => LaterCut is { } later ? ClosingRefusals.LaterCut(later)
        : EarlierOpen is { } earlier ? ClosingRefusals.EarlierOpen(earlier)
        : null;
}

/// <summary>A clearing cycle on its way from open to closed, which takes two operators.</summary>
/// <param name="Proposal">Waits for a second operator.</param>
/// <param name="RejectedBy">Who rejected the last proposal, as long as there is no other.</param>
internal sealed record ClearingCycle(Guid Id, ClosingProposed? Proposal, string? RejectedBy, CycleCut? Cut, CycleClosed? Closed) : IAggregate<ClearingCycle>
{
    private static readonly Guid Streams = new("8f1c2f52-0a0e-4f0b-9d1d-6b53f2a7c0e4");

    public static string Alias => "clearing_cycle";

    public static ClearingCycle Initial(Guid streamId) => new(streamId, null, null, null, null);

    public static Guid StreamOf(CycleId cycle) => NamedGuid.From(Streams, cycle.ToString());

    /// <summary>A cycle whose closing is proposed, or has gone further, is left as it is.</summary>
    public Decision<ClearingFact> Propose(Cycle cycle, Neighbours neighbours, string maker, DateTimeOffset at)
    {
        if (Proposal is not null || Cut is not null)
            return Accept();
        if (at < cycle.Due)
            return ClosingRefusals.NotOver(cycle);
        return neighbours.Refusal() is { } refusal ? refusal : Accept(new ClosingProposed(cycle.Id, cycle.From, cycle.Until, maker, at));
    }

    /// <summary>Nothing more happens when the same operator approves again.</summary>
    public Decision<ClearingFact> Approve(Neighbours neighbours, string checker, DateTimeOffset at)
    {
        if (checker == (Cut?.Maker ?? Proposal?.Maker))
            return ClosingRefusals.SamePerson;
        if (Cut is not null)
            return checker == Cut.Checker ? Accept() : ClosingRefusals.Decided;
        if (Proposal is not { } p)
            return ClosingRefusals.NotProposed;
        return neighbours.Refusal() is { } refusal ? refusal : Accept(new CycleCut(p.Cycle, p.From, p.Until, p.Maker, checker, at));
    }

    /// <summary>Nothing more happens when the same operator rejects again.</summary>
    public Decision<ClearingFact> Reject(string checker, DateTimeOffset at)
    {
        if (checker == (Cut?.Maker ?? Proposal?.Maker))
            return ClosingRefusals.SamePerson;
        if (Cut is not null)
            return ClosingRefusals.Decided;
        if (Proposal is not { } p)
            return checker == RejectedBy ? Accept() : ClosingRefusals.NotProposed;
        return Accept(new ClosingRejected(p.Cycle, checker, at));
    }

    /// <summary>Writes down what the cycle came to, once.</summary>
    public Decision<ClearingFact> Close(CycleClosed closed) => (Cut, Closed) switch
    {
        (null, _) => throw new InvalidOperationException($"Cycle {closed.Cycle} is not cut."),
        (_, null) => Accept(closed),
        _ => Accept(),
    };

    public ClearingCycle When(object @event) => @event switch
    {
        ClosingProposed e => this with { Proposal = e, RejectedBy = null },
        ClosingRejected e => this with { Proposal = null, RejectedBy = e.Checker },
        CycleCut e => this with { Proposal = null, Cut = e },
        CycleClosed e => this with { Closed = e },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of a clearing cycle."),
    };

    private static Decision<ClearingFact> Accept(params IReadOnlyList<ClearingFact> facts) => Decision<ClearingFact>.Accept(facts);
}

/// <summary>Why a cycle is not closed.</summary>
internal static class ClosingRefusals
{
    public static readonly Refusal Unknown = new("cycle-unknown", "There is no such clearing cycle. Check its id against the list of cycles.");

    public static readonly Refusal SamePerson = new("same-person", "Whoever proposes the closing of a cycle doesn't decide on it. Ask another operator.");

    public static readonly Refusal NotProposed = new("closing-not-proposed", "Nobody has proposed to close this cycle. Propose it first.");

    public static readonly Refusal Decided = new("closing-decided", "Another operator has approved the closing of this cycle already.");

    public static Refusal NotOver(Cycle cycle) =>
        new("cycle-not-over", $"Cycle {cycle.Id} collects postings until {cycle.Due:yyyy-MM-ddTHH:mm:ssZ}. Close it then.");

    public static Refusal EarlierOpen(CycleId earlier) =>
        new("earlier-cycle-open", $"Cycle {earlier} is earlier, has postings and is not closed. Close it first.");

    public static Refusal LaterCut(CycleId later) =>
        new("later-cycle-closed", $"Cycle {later} is later and has been closed: nothing is left to this one. What comes late is in the cycle after that.");
}
