using Loyalty.CoalitionPartners.Storage;
using Loyalty.Contracts;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Messaging;
using MassTransit;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>Whatever happens to points moves their issuers' books. Which month it belongs to is settled in the transaction that adds it.</summary>
internal sealed class OnPointsMoved(Inbox inbox) :
    IConsumer<Page<PurchaseAccrued>>, IConsumer<Page<PurchaseReversed>>, IConsumer<Page<PointsRedeemed>>, IConsumer<Page<RedemptionReversed>>,
    IConsumer<Page<PointsExpired>>, IConsumer<Page<PointsAdjusted>>, IConsumer<Page<DebtRepaid>>
{
    public Task Consume(ConsumeContext<Page<PurchaseAccrued>> context) => Add(context, ToldMovements.Of);

    public Task Consume(ConsumeContext<Page<PurchaseReversed>> context) => Add(context, ToldMovements.Of);

    public Task Consume(ConsumeContext<Page<PointsRedeemed>> context) => Add(context, ToldMovements.Of);

    public Task Consume(ConsumeContext<Page<RedemptionReversed>> context) => Add(context, ToldMovements.Of);

    public Task Consume(ConsumeContext<Page<PointsExpired>> context) => Add(context, ToldMovements.Of);

    public Task Consume(ConsumeContext<Page<PointsAdjusted>> context) => Add(context, ToldMovements.Of);

    public Task Consume(ConsumeContext<Page<DebtRepaid>> context) => Add(context, ToldMovements.Of);

    private Task Add<T>(ConsumeContext<Page<T>> context, Func<T, IEnumerable<ToldMovement>> read) where T : class => inbox.Once(context, (transaction, fresh) =>
        LiabilityRows.Write(transaction.Transaction, fresh.Count, fresh.SelectMany(read), context.CancellationToken));
}
