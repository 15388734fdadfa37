using Loyalty.EventStore;
using Loyalty.PointsLedger.Domain;

namespace Loyalty.PointsLedger.Storage;

/// <summary>
/// The stored name of every fact. A name is written into the log for ever; the golden files in the tests hold their bodies. The
/// snapshot of an account is written more tightly; it can be folded anew at any time.
/// </summary>
internal static class StoredEvents
{
    // Folding so many facts costs a read from the database less than it costs a write to keep the state at each of them.
    private const int SnapshotEvery = 16;

    /// <summary>What the event store must know of accounts and rewards.</summary>
    public static EventStoreOptions KeepAccounts(this EventStoreOptions store)
    {
        store.Types.MapAccountFacts().MapRewardFacts().MapAdjustmentFacts();
        return store.SnapshotEvery<Account>(SnapshotEvery).Snapshot<Reward>();
    }

    public static EventTypes MapRewardFacts(this EventTypes types) => types
        .Map<RewardListed>("reward-listed")
        .Map<RewardChanged>("reward-changed")
        .Map<StockAdded>("stock-added")
        .Map<RewardWithdrawn>("reward-withdrawn");

    public static EventTypes MapAccountFacts(this EventTypes types) => types
        .Describe(LedgerTypes.Default, new LotJson(), new CardJson(), new DrawsJson())
        .Map<AccountOpened>("account-opened")
        .Map<CardLinked>("card-linked")
        .Map<CardBlocked>("card-blocked")
        .Map<PointsAccrued>("points-accrued")
        .Map<DebtRepaid>("debt-repaid")
        .Map<PurchaseReversed>("purchase-reversed")
        .Map<PointsReserved>("points-reserved")
        .Map<PointsRedeemed>("points-redeemed")
        .Map<ReservationReleased>("reservation-released")
        .Map<RedemptionReversed>("redemption-reversed")
        .Map<ReservationTimedOut>("reservation-timed-out")
        .Map<PointsActivated>("points-activated")
        .Map<PointsExpired>("points-expired")
        .Map<PoolOpened>("pool-opened")
        .Map<AccountMerged>("account-merged")
        .Map<AccountSeparated>("account-separated")
        .Map<PointsSent>("points-sent")
        .Map<PointsReceived>("points-received")
        .Map<TierChanged>("tier-changed")
        .Map<DowngradeAnnounced>("downgrade-announced")
        .Map<VoucherRedeemed>("voucher-redeemed")
        .Map<GoalChosen>("goal-chosen")
        .Map<GoalDropped>("goal-dropped")
        .Map<PointsAdjusted>("points-adjusted")
        .Map<AccountClosed>("account-closed");

    public static EventTypes MapAdjustmentFacts(this EventTypes types) => types
        .Map<AdjustmentProposed>("adjustment-proposed")
        .Map<AdjustmentApproved>("adjustment-approved")
        .Map<AdjustmentRejected>("adjustment-rejected");
}
