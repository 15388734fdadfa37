using System.Security.Cryptography;
using Loyalty.CoalitionPartners.Domain.Webhooks;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.CoalitionPartners.Webhooks;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Webhooks;

internal sealed record RotateWebhookSecret(PartnerId Partner, Guid Webhook) : ICommand<RotatedWebhookSecret>;

/// <param name="Secret">The new secret; shown this once.</param>
/// <param name="PreviousUntil">Until when the one before signs too.</param>
internal sealed record RotatedWebhookSecret(Guid WebhookId, string Secret, DateTimeOffset PreviousUntil);

internal sealed class RotateWebhookSecretHandler(Session session, WebhookSettings settings, TimeProvider clock)
    : IRequestHandler<RotateWebhookSecret, Outcome<RotatedWebhookSecret>>
{
    public async Task<Outcome<RotatedWebhookSecret>> Handle(RotateWebhookSecret request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var stream = await session.FetchForWriting<PartnerWebhooks>(PartnerWebhooks.IdOf(request.Partner), cancellationToken);
        var secret = RandomNumberGenerator.GetBytes(WebhookSignature.SecretLength);
        var decision = stream.State.Rotate(request.Partner, request.Webhook, settings.SecretOverlap, now);
        return session.Append(stream, decision, after =>
        {
            var until = after.Find(request.Webhook)!.PreviousSecretUntil!.Value;
            WebhookSecrets.Rotate(session, request.Webhook, secret, until, replaces: stream.State.Find(request.Webhook)!.IsRotating(now));
            return new RotatedWebhookSecret(request.Webhook, WebhookSignature.Shown(secret), until);
        });
    }
}

internal static class RotatingWebhookSecrets
{
    public static void MapRotateWebhookSecret(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/webhooks/{id:guid}/secret-rotation", async (Guid id, HttpContext http, IMediator mediator, CancellationToken ct) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            return (await mediator.Send(new RotateWebhookSecret(http.Partner(), id), ct)).ToHttp();
        })
        .RequireScope(RegisteringWebhooks.Scope)
        .Produces<RotatedWebhookSecret>()
        .WithSummary("Rotate the secret of a webhook")
        .WithDescription("Answers a new secret, this once. Until previousUntil, usually a day, every event is signed with both, so receivers can change over at any moment. "
            + "Rotating again before that replaces the newer one, so an answer that was lost can be asked for again.");
}
