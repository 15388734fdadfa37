using Loyalty.CoalitionPartners.Domain;
using Loyalty.Contracts;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Kernel;
using Loyalty.Messaging;
using MassTransit;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>
/// Points that lapsed are given back to their issuer, where that is agreed. They count in the month in which it was written down: the one in
/// which they lapsed may be over.
/// </summary>
internal sealed class OnPointsExpired(Inbox inbox, SettlementStreams settlement) : IConsumer<Page<PointsExpired>>
{
    public Task Consume(ConsumeContext<Page<PointsExpired>> context) => inbox.Once(context, (transaction, fresh) => settlement.Append(
        transaction, fresh, Postings, context.CancellationToken));

    private static IEnumerable<ToldPosting> Postings(Guid id, PointsExpired e) => e.Draws.ByIssuer()
        .Select(part => new ToldPosting(
            Movement.Lapsed, new(id, new(part.Issuer), TransactionId.From($"expiry:{id}"), new(part.Points), part.AgreementVersion, e.RecordedAt)));
}
