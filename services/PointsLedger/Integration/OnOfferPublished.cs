using System.Text.Json;
using Loyalty.Contracts;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.Messaging;
using Loyalty.PointsLedger.Views;
using MassTransit;

namespace Loyalty.PointsLedger.Integration;

/// <summary>Learns a version of an offer. It never changes; a later one takes over for purchases made from then on.</summary>
internal sealed class OnOfferPublished(Inbox inbox, RuleBook rules) : IConsumer<Page<OfferPublished>>
{
    public Task Consume(ConsumeContext<Page<OfferPublished>> context) => inbox.OnceEach(context, (transaction, published) =>
    {
        transaction.AfterCommit(rules.Forget);
        return transaction.Execute(
            "insert into offers (offer_id, version, published_at, told) values ($1, $2, $3, $4::jsonb) on conflict do nothing",
            context.CancellationToken, published.Offer.Id, published.Version, published.PublishedAt.UtcDateTime, JsonSerializer.Serialize(published, JsonSerializerOptions.Web));
    });
}
