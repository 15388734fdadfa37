using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;

namespace Loyalty.PointsLedger.Domain;

/// <summary>What points were spent on, where that is a reward.</summary>
/// <param name="Version">The version of the reward whose cost was paid.</param>
/// <param name="Voucher">The voucher that was handed out: its number, not the code that it is redeemed by.</param>
/// <param name="Partner">Who delivers the reward, and so accepts the points, whoever's till or site they were spent at.</param>
internal sealed record RewardClaim(string Reward, int Version, Guid Voucher, PartnerId Partner);

/// <summary>A voucher that a member has.</summary>
/// <param name="Id">Its number, by which facts name it.</param>
/// <param name="ExpiresAt">The first instant at which it is worth nothing; null for never.</param>
internal sealed record Voucher(Guid Id, string Reward, AccountId Account, bool Redeemed, DateTimeOffset? ExpiresAt);

/// <summary>Claiming: points are spent on a reward, and a voucher is handed out for them.</summary>
internal sealed partial record Account
{
    /// <param name="agreementVersion">The agreement of whoever delivers the reward.</param>
    public Decision<IAccountFact> Claim(
        Transaction transaction, string store, string card, RewardClaim claim, Points cost, int agreementVersion, Rules? rules = null) =>
        Redeem(transaction, store, card, cost, agreementVersion, rules) switch
        {
            Decision<IAccountFact>.Accepted { Events: [PointsRedeemed redeemed] } => Accept(
                [redeemed with { Claim = claim }, .. Goal?.Reward == claim.Reward ? new[] { Reached(transaction) } : []]),
            var refused => refused,
        };

    /// <summary>The reward is handed out. Its points were spent when it was claimed, so neither a blocked card nor a closed account stands in the way.</summary>
    public Decision<IAccountFact> HandOut(Transaction transaction, string store, Voucher voucher) =>
        voucher.Redeemed ? RewardRefusals.AlreadyRedeemed :
        transaction.RecordedAt >= voucher.ExpiresAt ? RewardRefusals.VoucherExpired :
        Accept(new VoucherRedeemed(transaction, store, voucher.Reward, voucher.Id));

    private GoalDropped Reached(Transaction transaction) => new(Goal!.Reward, "claimed", transaction.OccurredAt, transaction.RecordedAt);
}
