using Loyalty.Contracts;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.Messaging;
using Loyalty.PointsLedger.Views;
using MassTransit;

namespace Loyalty.PointsLedger.Integration;

/// <summary>Learns the terms that rate purchases from a date on. An agreement never changes; a later one takes over.</summary>
internal sealed class OnAgreementChanged(Inbox inbox, TillBook tills) : IConsumer<Page<AgreementChanged>>
{
    public Task Consume(ConsumeContext<Page<AgreementChanged>> context) => inbox.OnceEach(context, (transaction, agreed) =>
    {
        transaction.AfterCommit(() => tills.Forget(new(agreed.PartnerId)));
        return transaction.Execute(
            """
            insert into agreements (partner_id, version, effective_from, currency, points_per_unit, issue_price, redeem_price, only_prepaid)
            values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing
            """,
            context.CancellationToken, agreed.PartnerId, agreed.AgreementVersion, agreed.EffectiveFrom.UtcDateTime, agreed.Currency, agreed.PointsPerUnit,
            agreed.IssuePrice, agreed.RedeemPrice, agreed.OnlyPrepaid);
    });
}
