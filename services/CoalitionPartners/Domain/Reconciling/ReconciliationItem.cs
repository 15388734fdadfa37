using System.Globalization;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Reconciling;

/// <summary>How far an item is.</summary>
internal enum ItemState
{
    Open,
    Assigned,
    Proposed,
    Decided,
}

/// <summary>What the decisions about an item rest on.</summary>
/// <param name="Tolerated">Whether the matching rule has accepted the difference by itself.</param>
/// <param name="CanBeCorrected">Whether there is a transaction that mends it.</param>
internal sealed record ItemFound(Guid Reconciliation, int Item, Finding Finding, bool Tolerated, bool CanBeCorrected);

/// <summary>What people did about one difference between two books. A decision takes two of them.</summary>
/// <param name="Owner">Who looks into it.</param>
/// <param name="Proposal">Waits for a second operator.</param>
/// <param name="RejectedBy">Who rejected the last proposal, as long as there is no other.</param>
internal sealed record ReconciliationItem(Guid Id, string? Owner, DecisionProposed? Proposal, string? RejectedBy, DecisionApproved? Decision)
    : IAggregate<ReconciliationItem>
{
    public static string Alias => "reconciliation_item";

    public ItemState State => (Decision, Proposal, Owner) switch
    {
        ({ }, _, _) => ItemState.Decided,
        (_, { }, _) => ItemState.Proposed,
        (_, _, { }) => ItemState.Assigned,
        _ => ItemState.Open,
    };

    public static ReconciliationItem Initial(Guid streamId) => new(streamId, null, null, null, null);

    public static Guid StreamOf(Guid reconciliation, int item) => NamedGuid.From(reconciliation, item.ToString(CultureInfo.InvariantCulture));

    /// <summary>Nothing more happens when it is given to whoever has it.</summary>
    public Decision<ItemFact> Assign(ItemFound found, string owner, string by, DateTimeOffset at)
    {
        if (found.Tolerated || Decision is not null)
            return ItemRefusals.Decided;
        return owner == Owner ? Accept() : Accept(new ItemAssigned(found.Reconciliation, found.Item, owner, by, at));
    }

    /// <summary>Nothing more happens when the same operator proposes the same again. Whoever proposes on an item that nobody owns owns it.</summary>
    public Decision<ItemFact> Propose(ItemFound found, ItemDecision decision, string reason, string maker, DateTimeOffset at)
    {
        if (found.Tolerated || Decision is not null)
            return ItemRefusals.Decided;
        if (Proposal is { } p)
            return (p.Decision, p.Reason, p.Maker) == (decision, reason, maker) ? Accept() : ItemRefusals.Proposed;
        if (decision == ItemDecision.Correct && !found.CanBeCorrected)
            return ItemRefusals.NotCorrectable;
        var proposed = new DecisionProposed(found.Reconciliation, found.Item, found.Finding, decision, reason, maker, at);
        return Owner is null ? Accept(new ItemAssigned(found.Reconciliation, found.Item, maker, maker, at), proposed) : Accept(proposed);
    }

    /// <summary>Nothing more happens when the same operator approves again.</summary>
    /// <param name="correction">The batch that is sent if it is a correction.</param>
    public Decision<ItemFact> Approve(string checker, DateTimeOffset at, Guid correction)
    {
        if (checker == (Decision?.Maker ?? Proposal?.Maker))
            return ItemRefusals.SamePerson;
        if (Decision is { } decided)
            return checker == decided.Checker ? Accept() : ItemRefusals.Decided;
        if (Proposal is not { } p)
            return ItemRefusals.NotProposed;
        return Accept(new DecisionApproved(
            p.Reconciliation, p.Item, p.Decision, p.Reason, p.Maker, checker, at, p.Decision == ItemDecision.Correct ? correction : null));
    }

    /// <summary>Nothing more happens when the same operator rejects again.</summary>
    public Decision<ItemFact> Reject(string checker, DateTimeOffset at)
    {
        if (checker == (Decision?.Maker ?? Proposal?.Maker))
            return ItemRefusals.SamePerson;
        if (Decision is not null)
            return ItemRefusals.Decided;
        if (Proposal is not { } p)
            return checker == RejectedBy ? Accept() : ItemRefusals.NotProposed;
        return Accept(new DecisionRejected(p.Reconciliation, p.Item, checker, at));
    }

    public ReconciliationItem When(object @event) => @event switch
    {
        ItemAssigned e => this with { Owner = e.Owner },
        DecisionProposed e => this with { Proposal = e, RejectedBy = null },
        DecisionRejected e => this with { Proposal = null, RejectedBy = e.Checker },
        DecisionApproved e => this with { Proposal = null, Decision = e },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of a reconciliation's item."),
    };

    private static Decision<ItemFact> Accept(params IReadOnlyList<ItemFact> facts) => Decision<ItemFact>.Accept(facts);
}

/// <summary>Why nothing is decided on an item.</summary>
internal static class ItemRefusals
{
    public static readonly Refusal SamePerson = new("same-person", "Whoever proposes a decision doesn't decide on it. Ask another operator.");

    public static readonly Refusal NotProposed = new("decision-not-proposed", "Nobody has proposed a decision on this item. Propose one first.");

    public static readonly Refusal Proposed = new("decision-proposed", "Another decision on this item waits for a second operator. It must be rejected before another is proposed.");

    public static readonly Refusal Decided = new("item-decided", "This item has been decided. A new reconciliation shows what is left.");

    public static readonly Refusal NotCorrectable = new(
        "correction-not-possible", "No transaction can mend this difference. Accept, reject or dispute it; points are corrected by an adjustment in the ledger.");
}
