using System.Text.Json;
using Loyalty.CoalitionPartners.Domain.Webhooks;
using Loyalty.CoalitionPartners.Webhooks;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using Npgsql;

namespace Loyalty.CoalitionPartners.Views;

/// <summary>A webhook as it stands.</summary>
/// <param name="Types">Of which events it is told; <c>*</c> for all.</param>
/// <param name="Failures">Attempts that failed since the last one that did not.</param>
/// <param name="Failing">Whether a delivery was given up since the last one that was made.</param>
/// <param name="DeliveredAt">When an event was last taken, to the second; null for never.</param>
/// <param name="PreviousSecretUntil">Until when the secret before the newest one signs too.</param>
internal sealed record WebhookShown(
    Guid WebhookId, string Url, IReadOnlyList<string> Types, WebhookStatus Status, DateTimeOffset RegisteredAt, int Failures, bool Failing,
    DateTimeOffset? DeliveredAt, DateTimeOffset? PreviousSecretUntil)
{
    public static WebhookShown Of(Webhook webhook, EndpointHealth? health = null) => new(
        webhook.Id, webhook.Url, webhook.Types, webhook.Status, webhook.RegisteredAt, health?.Failures ?? 0, health?.Failing ?? false, health?.DeliveredAt,
        webhook.PreviousSecretUntil);
}

/// <summary>How an endpoint has been doing.</summary>
internal sealed record EndpointHealth(int Failures, bool Failing, DateTimeOffset? DeliveredAt);

/// <summary>An event and what became of it at an endpoint.</summary>
/// <param name="EventId">The event's id, also its <c>webhook-id</c>.</param>
/// <param name="Position">Where it stands in all that is told, for replaying from there; null for a test.</param>
/// <param name="Status"><c>waiting</c>, <c>delivered</c> or <c>failed</c>.</param>
/// <param name="NextAttemptAt">When it is tried next; null when it is done with.</param>
/// <param name="Attempts">The latest attempts, in order.</param>
internal sealed record DeliveryShown(
    Guid EventId, string Type, string? Position, string Status, DateTimeOffset CreatedAt, DateTimeOffset? NextAttemptAt, IReadOnlyList<DeliveryAttempt> Attempts)
{
    /// <summary>Where it stands in the list.</summary>
    internal long Id { get; init; }
}

/// <summary>Webhooks as their partner sees them.</summary>
internal sealed class WebhookView(DocumentStore store)
{
    public async Task<PartnerWebhooks> Of(PartnerId partner, CancellationToken ct) =>
        (await store.Load<PartnerWebhooks>(PartnerWebhooks.IdOf(partner), ct))?.State ?? PartnerWebhooks.Initial(partner.Value);

    /// <summary>All of a partner, in the order in which they were registered.</summary>
    public async Task<IReadOnlyList<WebhookShown>> List(PartnerId partner, CancellationToken ct)
    {
        var webhooks = (await Of(partner, ct)).Webhooks;
        var health = new Dictionary<Guid, EndpointHealth>();
        await using var query = store.DataSource.CreateCommand("select id, failures, failing, delivered_at from webhook_endpoints where partner = $1");
        query.Parameters.Add(new() { Value = partner.Value });
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
            health.Add(row.GetGuid(0), new(row.GetInt32(1), row.GetBoolean(2), await Time(row, 3, ct)));
        return [.. webhooks.Select(w => WebhookShown.Of(w, health.GetValueOrDefault(w.Id)))];
    }

    /// <summary>What an endpoint was told, the newest first, before one.</summary>
    public async Task<IReadOnlyList<DeliveryShown>> Deliveries(Guid webhook, long before, int limit, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            """
            select id, event_id, type, sequence, item, status, created_at, case when status = 'waiting' then due end, attempts
            from webhook_deliveries where webhook = $1 and id < $2 order by id desc limit $3
            """);
        query.Parameters.Add(new() { Value = webhook });
        query.Parameters.Add(new() { Value = before });
        query.Parameters.Add(new() { Value = limit });
        var deliveries = new List<DeliveryShown>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            var place = await row.IsDBNullAsync(3, ct) ? null : new LogPlace(row.GetInt64(3), row.GetInt32(4)).ToString();
            var attempts = JsonSerializer.Deserialize<IReadOnlyList<DeliveryAttempt>>(row.GetString(8), StrictJson.Options)!;
            deliveries.Add(new(row.GetGuid(1), row.GetString(2), place, row.GetString(5), row.GetFieldValue<DateTimeOffset>(6), await Time(row, 7, ct), attempts) { Id = row.GetInt64(0) });
        }

        return deliveries;
    }

    private static async Task<DateTimeOffset?> Time(NpgsqlDataReader row, int column, CancellationToken ct) =>
        await row.IsDBNullAsync(column, ct) ? null : await row.GetFieldValueAsync<DateTimeOffset>(column, ct);
}
