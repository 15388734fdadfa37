using Loyalty.CoalitionPartners.Storage;
using Loyalty.Contracts;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Messaging;
using MassTransit;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>The ledger has answered lines of batches.</summary>
internal sealed class OnTransactionAnswered(Inbox inbox) : IConsumer<Page<TransactionAnswered>>
{
    public Task Consume(ConsumeContext<Page<TransactionAnswered>> context) => inbox.Once(
        context, (transaction, answers) => BatchLineRows.Write(transaction.Transaction, answers, context.CancellationToken));
}
