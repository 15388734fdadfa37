using System.Text.Json;
using Loyalty.Contracts;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.Messaging;
using Loyalty.PointsLedger.Views;
using MassTransit;

namespace Loyalty.PointsLedger.Integration;

/// <summary>Learns the rules of the programme from an instant on. What was earned before keeps the terms it was earned under.</summary>
internal sealed class OnProgrammePublished(Inbox inbox, RuleBook rules) : IConsumer<Page<ProgrammePublished>>
{
    public Task Consume(ConsumeContext<Page<ProgrammePublished>> context) => inbox.OnceEach(context, (transaction, published) =>
    {
        transaction.AfterCommit(rules.Forget);
        return transaction.Execute(
            "insert into programmes (version, effective_from, told) values ($1, $2, $3::jsonb) on conflict do nothing",
            context.CancellationToken, published.Version, published.EffectiveFrom.UtcDateTime, JsonSerializer.Serialize(published, JsonSerializerOptions.Web));
    });
}
