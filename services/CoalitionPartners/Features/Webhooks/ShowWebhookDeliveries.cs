using Loyalty.CoalitionPartners.Domain.Webhooks;
using Loyalty.CoalitionPartners.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Webhooks;

internal static class ShowingWebhookDeliveries
{
    public static void MapShowWebhookDeliveries(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/webhooks/{id:guid}/deliveries", async (Guid id, [AsParameters] PageRequest page, HttpContext http, WebhookView view, CancellationToken ct) =>
            (await view.Of(http.Partner(), ct)).Find(id) is null
                ? WebhookRefusals.Unknown.ToHttp()
                : TypedResults.Ok(Page.Of(await view.Deliveries(id, page.After(long.MaxValue), page.Size + 1, ct), page, delivery => delivery.Id)))
        .RequireScope(RegisteringWebhooks.Scope)
        .Produces<Page<DeliveryShown>>()
        .WithSummary("List the deliveries of a webhook")
        .WithDescription("The newest first, in pages: what was sent or waits, with every attempt, its status, its duration and the first 1,000 characters of the answer. "
            + "What is done with is kept for 30 days unless set otherwise.");
}
