using Loyalty.CoalitionPartners.Domain.Webhooks;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.CoalitionPartners.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Webhooks;

/// <summary>What will be told again.</summary>
/// <param name="From">The position of the first event.</param>
internal sealed record StartedReplay(string From);

internal static class ReplayingWebhooks
{
    public static void MapReplayWebhook(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/webhooks/{id:guid}/replay", async (Guid id, string from, HttpContext http, WebhookView view, WebhookDeliveryRows rows, CancellationToken ct) =>
            {
                if (!LogPlace.TryParse(from, out var place))
                    throw new ProblemException("'from' is the position of an event, or 0 for all there ever were.");
                if ((await view.Of(http.Partner(), ct)).Find(id) is null)
                    return WebhookRefusals.Unknown.ToHttp();
                await rows.Replay(id, place, ct);
                return TypedResults.Json(new StartedReplay(place.ToString()), statusCode: StatusCodes.Status202Accepted);
            })
            .RequireScope(RegisteringWebhooks.Scope)
            .Produces<StartedReplay>(StatusCodes.Status202Accepted)
            .WithSummary("Send events again from a position on")
            .WithDescription("Reads the log again from the position of an event on, that event included, and sends everything of the webhook's types under the ids it always had, "
                + "also what was before the webhook was registered. Asking again while it goes on widens it.");

        app.MapPost("/v1/webhooks/{id:guid}/deliveries/{eventId:guid}/replay", async (
                Guid id, Guid eventId, HttpContext http, WebhookView view, WebhookDeliveryRows rows, CancellationToken ct) =>
            (await view.Of(http.Partner(), ct)).Find(id) is null || !await rows.Repeat(id, eventId, ct)
                ? Problem.NotFound()
                : (IResult)TypedResults.Json(new SentEvent(eventId), statusCode: StatusCodes.Status202Accepted))
            .RequireScope(RegisteringWebhooks.Scope)
            .Produces<SentEvent>(StatusCodes.Status202Accepted)
            .WithSummary("Send one event again")
            .WithDescription("Whatever became of it before, with all attempts before it. For events that are no longer listed, replay from their position.");
    }
}
