using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.Contracts;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Messaging;
using MassTransit;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>Keeps the partners' transactions as the ledger told them, for reconciliation: of a card no more than its hash.</summary>
internal sealed class OnTransactionPosted(Inbox inbox, CardHashes cards)
    : IConsumer<Page<PurchaseAccrued>>, IConsumer<Page<PurchaseReversed>>, IConsumer<Page<PointsRedeemed>>, IConsumer<Page<RedemptionReversed>>
{
    public Task Consume(ConsumeContext<Page<PurchaseAccrued>> context) => Keep(context, (id, e, hash) => new(
        id, e.PartnerId, e.TransactionId, TransactionKind.Purchase, null, e.Store, e.AmountMinor, e.Currency, All(e.Points, e.Awards), e.OccurredAt, e.AccountId, hash(e.Card)));

    public Task Consume(ConsumeContext<Page<PurchaseReversed>> context) => Keep(context, (id, e, _) => new(
        id, e.PartnerId, e.TransactionId, TransactionKind.Return, e.PurchaseId, e.Store, e.AmountMinor, e.Currency, All(e.Points, e.Awards), e.OccurredAt, e.AccountId, null));

    public Task Consume(ConsumeContext<Page<PointsRedeemed>> context) => Keep(context, (id, e, hash) => new(
        id, e.PartnerId, e.TransactionId, TransactionKind.Redemption, e.ReservationId, e.Store, null, null, e.Points, e.OccurredAt, e.AccountId, hash(e.Card)));

    public Task Consume(ConsumeContext<Page<RedemptionReversed>> context) => Keep(context, (id, e, _) => new(
        id, e.PartnerId, e.TransactionId, TransactionKind.RedemptionReversal, e.RedemptionId, e.Store, null, null, e.Points, e.OccurredAt, e.AccountId, null));

    private async Task Keep<T>(ConsumeContext<Page<T>> context, Func<Guid, T, Func<string?, byte[]?>, PartnerTransaction> read) where T : class
    {
        var ct = context.CancellationToken;
        await inbox.Once(context, async (transaction, fresh) =>
        {
            var hash = await cards.Hash(ct);
            await PartnerTransactionRows.Add(transaction.Transaction, [.. fresh.Select(e => read(transaction.EventIdOf(e), e, hash))], ct);
        });
    }

    private static long All(long points, IReadOnlyList<Award>? awards) => checked(points + (awards?.Sum(a => a.Points) ?? 0));
}
