using Loyalty.Contracts;
using Loyalty.Messaging;
using MassTransit;
using Npgsql;
using LedgerEvents = Loyalty.Contracts.PointsLedger.V1;

namespace Loyalty.BuildingBlocks.Tests.Messaging;

internal static class Effect
{
    public static async Task Write(InboxTransaction transaction, Subscription subscription, string kind, IReadOnlyList<string> transactionIds, Misfortune misfortune)
    {
        foreach (var id in transactionIds)
            await misfortune.Strikes(id);
        await using var command = new NpgsqlCommand(
            "insert into effects (queue, kind, transaction_id) select $1, $2, id from unnest($3) with ordinality as t (id, n) order by n",
            transaction.Transaction.Connection);
        command.Parameters.Add(new() { Value = subscription.Queue });
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = transactionIds.ToArray() });
        await command.ExecuteNonQueryAsync();
    }
}

internal sealed class SettleAccrued(Inbox inbox, Misfortune misfortune) : IConsumer<Page<LedgerEvents.PurchaseAccrued>>
{
    public Task Consume(ConsumeContext<Page<LedgerEvents.PurchaseAccrued>> context) => inbox.Once(context, (transaction, events) =>
        Effect.Write(transaction, Subscriptions.CoalitionPartnersSettlement, "accrued", [.. events.Select(e => e.TransactionId)], misfortune));
}

internal sealed class SettleReversed(Inbox inbox, Misfortune misfortune) : IConsumer<Page<LedgerEvents.PurchaseReversed>>
{
    public Task Consume(ConsumeContext<Page<LedgerEvents.PurchaseReversed>> context) => inbox.OnceEach(context, (transaction, e) =>
        Effect.Write(transaction, Subscriptions.CoalitionPartnersSettlement, "reversed", [e.TransactionId], misfortune));
}

internal sealed class SettleRedeemed(Inbox inbox, Misfortune misfortune) : IConsumer<Page<LedgerEvents.PointsRedeemed>>
{
    public Task Consume(ConsumeContext<Page<LedgerEvents.PointsRedeemed>> context) => inbox.Once(context, (transaction, events) =>
        Effect.Write(transaction, Subscriptions.CoalitionPartnersSettlement, "redeemed", [.. events.Select(e => e.TransactionId)], misfortune));
}

internal sealed class SettleRestored(Inbox inbox, Misfortune misfortune) : IConsumer<Page<LedgerEvents.RedemptionReversed>>
{
    public Task Consume(ConsumeContext<Page<LedgerEvents.RedemptionReversed>> context) => inbox.OnceEach(context, (transaction, e) =>
        Effect.Write(transaction, Subscriptions.CoalitionPartnersSettlement, "restored", [e.TransactionId], misfortune));
}

internal sealed class SettleAdjusted(Inbox inbox, Misfortune misfortune) : IConsumer<Page<LedgerEvents.PointsAdjusted>>
{
    public Task Consume(ConsumeContext<Page<LedgerEvents.PointsAdjusted>> context) => inbox.OnceEach(context, (transaction, e) =>
        Effect.Write(transaction, Subscriptions.CoalitionPartnersSettlement, "adjusted", [e.AdjustmentId.ToString()], misfortune));
}

internal sealed class SettleExpired(Inbox inbox, Misfortune misfortune) : IConsumer<Page<LedgerEvents.PointsExpired>>
{
    public Task Consume(ConsumeContext<Page<LedgerEvents.PointsExpired>> context) => inbox.OnceEach(context, (transaction, e) =>
        Effect.Write(transaction, Subscriptions.CoalitionPartnersSettlement, "expired", [e.AccountId.ToString()], misfortune));
}

internal sealed class NoteAccrued(Inbox inbox, Misfortune misfortune) : IConsumer<Page<LedgerEvents.PurchaseAccrued>>
{
    public Task Consume(ConsumeContext<Page<LedgerEvents.PurchaseAccrued>> context) => inbox.OnceEach(context, (transaction, e) =>
        Effect.Write(transaction, Subscriptions.CustomersActivity, "accrued", [e.TransactionId], misfortune));
}

internal sealed class NoteRedeemed(Inbox inbox, Misfortune misfortune) : IConsumer<Page<LedgerEvents.PointsRedeemed>>
{
    public Task Consume(ConsumeContext<Page<LedgerEvents.PointsRedeemed>> context) => inbox.OnceEach(context, (transaction, e) =>
        Effect.Write(transaction, Subscriptions.CustomersActivity, "redeemed", [e.TransactionId], misfortune));
}
