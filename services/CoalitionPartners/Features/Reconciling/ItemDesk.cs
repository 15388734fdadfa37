using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.CoalitionPartners.Integration;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Features.Reconciling;

/// <summary>Where operators decide on items: what they do is stored as facts, and the item's row and the correction's batch follow in the same transaction.</summary>
internal sealed class ItemDesk(Session session, ReconciliationItemsView items)
{
    private static readonly Refusal Unknown = new("item-unknown", "There is no such item. Check its number against the reconciliation's items.");

    public async Task<Outcome<ItemShown>> Decide(
        Guid reconciliation, int item, Func<ReconciliationItem, ItemFound, Decision<ItemFact>> decide, CancellationToken ct)
    {
        if (await items.ToDecide(reconciliation, item, ct) is not { } found || await items.Find(reconciliation, item, ct) is not { } shown)
            return Unknown;
        var correction = Correction.Of(found.Finding, found.Partner, found.Content is not null, found.Returned);
        var stream = await session.FetchForWriting<ReconciliationItem>(ReconciliationItem.StreamOf(reconciliation, item), ct);
        var decision = decide(stream.State, new(reconciliation, item, found.Finding, found.Tolerated, correction is not null));
        if (decision is Decision<ItemFact>.Accepted { Events: [DecisionApproved { Correction: { } batch }] })
            Enlist(Corrections.Batch(batch, reconciliation, item, found, correction!, session.Origin.CausedBy));
        return session.Append(stream, decision, after =>
        {
            Enlist(ReconciliationItemRows.Moved(reconciliation, item, after));
            return After(shown, after);
        });
    }

    private void Enlist(IEnumerable<Npgsql.NpgsqlBatchCommand> commands)
    {
        foreach (var command in commands) session.Enlist(command);
    }

    private static ItemShown After(ItemShown shown, ReconciliationItem item) => shown with
    {
        State = item.State.NameOf(),
        Owner = item.Owner,
        Decision = (item.Decision?.Decision ?? item.Proposal?.Decision)?.NameOf(),
        Reason = item.Decision?.Reason ?? item.Proposal?.Reason,
        ProposedBy = item.Decision?.Maker ?? item.Proposal?.Maker,
        DecidedBy = item.Decision?.Checker,
        DecidedAt = item.Decision?.ApprovedAt,
        CorrectionBatchId = item.Decision?.Correction,
    };
}
