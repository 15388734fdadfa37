using Loyalty.CoalitionPartners.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Webhooks;

/// <summary>A partner's webhooks; never more than a few.</summary>
internal sealed record ShownWebhooks(IReadOnlyList<WebhookShown> Items);

internal static class ListingWebhooks
{
    public static void MapListWebhooks(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/webhooks", async (HttpContext http, WebhookView view, CancellationToken ct) =>
                TypedResults.Ok(new ShownWebhooks(await view.List(http.Partner(), ct))))
            .RequireScope(RegisteringWebhooks.Scope)
            .WithSummary("List webhooks")
            .WithDescription("The partner's own, and how they have been doing. Secrets are not shown again.");

        app.MapGet("/v1/webhooks/{id:guid}", async (Guid id, HttpContext http, WebhookView view, CancellationToken ct) =>
                (await view.List(http.Partner(), ct)).FirstOrDefault(w => w.WebhookId == id) is { } webhook ? TypedResults.Ok(webhook) : (IResult)Problem.NotFound())
            .RequireScope(RegisteringWebhooks.Scope)
            .Produces<WebhookShown>()
            .WithSummary("Show a webhook")
            .WithDescription("Whether events are sent to it (active, paused, disabled), and how it has been doing: failing says that a delivery was given up since the last one that was taken.");
    }
}
