using Loyalty.CoalitionPartners.Domain.Webhooks;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.CoalitionPartners.Views;
using Loyalty.CoalitionPartners.Webhooks;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Webhooks;

/// <summary>An event that will be sent in a moment.</summary>
internal sealed record SentEvent(Guid EventId);

internal static class TestingWebhooks
{
    public static void MapTestWebhook(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/webhooks/{id:guid}/test", Test)
        .RequireScope(RegisteringWebhooks.Scope)
        .Produces<SentEvent>(StatusCodes.Status202Accepted)
        .WithSummary("Test a webhook")
        .WithDescription($"Sends it an event of the type {PartnerEventTypes.Test}, signed as every other; its deliveries show how that went. 422 webhook-not-active while it is paused or disabled.");

    private static async Task<IResult> Test(
        Guid id, HttpContext http, WebhookView view, WebhookDeliveryRows rows, WebhookSettings settings, TimeProvider clock, CancellationToken ct)
    {
        var partner = http.Partner();
        if ((await view.Of(partner, ct)).Find(id) is not { } webhook)
            return WebhookRefusals.Unknown.ToHttp();
        if (webhook.Status != WebhookStatus.Active)
            return WebhookRefusals.NotActive.ToHttp();
        var test = new PartnerEvent(partner, PartnerEventTypes.Test, id.ToString(), clock.GetUtcNow(), new TestData(id));
        var eventId = Guid.CreateVersion7();
        await rows.Add(id, eventId, test.Type, CloudEvent.Body(eventId, settings.Source, test, place: null, trace: null), ct);
        return TypedResults.Json(new SentEvent(eventId), statusCode: StatusCodes.Status202Accepted);
    }
}
