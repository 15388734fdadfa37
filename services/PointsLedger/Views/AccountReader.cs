using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Lanes;

namespace Loyalty.PointsLedger.Views;

/// <summary>
/// An account as it stands: from its lane, which has the latest state while no other replica posts to the database, or else by
/// primary key.
/// </summary>
internal sealed class AccountReader(DocumentStore store, PostingLanes lanes, SoleReplica replica)
{
    /// <summary>The account and its version; null when there is none.</summary>
    public async ValueTask<EventStream<Account>?> Read(AccountId id, CancellationToken ct)
    {
        if (!replica.IsSole) return await store.Load<Account>(id.Value, ct);
        try
        {
            return await lanes.Look(id, ct) is { Version: > 0 } account ? account : null;
        }
        catch (LaneFullException)
        {
            return await store.Load<Account>(id.Value, ct);
        }
    }
}
