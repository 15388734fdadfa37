using Loyalty.Contracts;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.Messaging;
using Loyalty.PointsLedger.Views;
using MassTransit;

namespace Loyalty.PointsLedger.Integration;

/// <summary>Learns who may post, from which stores and in which currency.</summary>
internal sealed class OnPartnerAdmitted(Inbox inbox, TillBook tills) : IConsumer<Page<PartnerAdmitted>>
{
    public Task Consume(ConsumeContext<Page<PartnerAdmitted>> context) => inbox.OnceEach(context, (transaction, partner) => Learn(transaction, partner, context.CancellationToken));

    private async Task Learn(InboxTransaction inbox, PartnerAdmitted partner, CancellationToken ct)
    {
        inbox.AfterCommit(() => tills.Forget(new(partner.PartnerId)));
        await inbox.Execute(
            """
            insert into partners (partner_id, code, name, currency, version) values ($1, $2, $3, $4, $5)
            on conflict (partner_id) do update set code = excluded.code, name = excluded.name, currency = excluded.currency, version = excluded.version
            where partners.version < excluded.version
            """,
            ct, partner.PartnerId, partner.Code, partner.Name, partner.Currency, partner.Version);
        await inbox.Execute(
            """
            insert into stores (partner_id, code, name, time_zone)
            select $1, code, name, time_zone from unnest($2::text[], $3::text[], $4::text[]) as s (code, name, time_zone) on conflict do nothing
            """,
            ct, partner.PartnerId, partner.Stores.Select(s => s.Code).ToArray(), partner.Stores.Select(s => s.Name).ToArray(),
            partner.Stores.Select(s => s.TimeZone).ToArray());
    }
}
