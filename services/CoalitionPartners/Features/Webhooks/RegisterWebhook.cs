using System.Security.Cryptography;
using Loyalty.CoalitionPartners.Domain.Webhooks;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.CoalitionPartners.Views;
using Loyalty.CoalitionPartners.Webhooks;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Webhooks;

internal sealed record RegisterWebhook(PartnerId Partner, string Url, IReadOnlyList<string> Types) : ICommand<RegisteredWebhook>;

/// <param name="Secret">Checks the signatures; shown this once.</param>
internal sealed record RegisteredWebhook(string Secret, WebhookShown Webhook);

internal sealed class RegisterWebhookHandler(Session session, WebhookAddresses addresses, TimeProvider clock)
    : IRequestHandler<RegisterWebhook, Outcome<RegisteredWebhook>>
{
    public async Task<Outcome<RegisteredWebhook>> Handle(RegisterWebhook request, CancellationToken cancellationToken)
    {
        var (url, refusal) = await addresses.Check(request.Url, cancellationToken);
        if (refusal is not null)
            return refusal;
        var stream = await session.FetchForWriting<PartnerWebhooks>(PartnerWebhooks.IdOf(request.Partner), cancellationToken);
        var (id, secret) = (Guid.CreateVersion7(), RandomNumberGenerator.GetBytes(WebhookSignature.SecretLength));
        var decision = stream.State.Register(request.Partner, id, url!.AbsoluteUri, request.Types, clock.GetUtcNow());
        if (decision is Decision<WebhookFact>.Accepted) WebhookSecrets.Keep(session, id, secret);
        return session.Append(stream, decision, after => new RegisteredWebhook(WebhookSignature.Shown(secret), WebhookShown.Of(after.Find(id)!)));
    }
}

internal static class RegisteringWebhooks
{
    public const string Scope = "webhooks.manage";

    private sealed record Body(string Url, IReadOnlyList<string>? Types = null);

    public static void MapRegisterWebhook(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/webhooks", async (Body body, HttpContext http, IMediator mediator, CancellationToken ct) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            return (await mediator.Send(new RegisterWebhook(http.Partner(), body.Url, body.Types ?? [PartnerEventTypes.Every]), ct))
                .ToHttp(answer => $"/v1/webhooks/{answer.Webhook.WebhookId}");
        })
        .RequireScope(Scope)
        .Produces<RegisteredWebhook>(StatusCodes.Status201Created)
        .WithSummary("Register a webhook")
        .WithDescription("Has the partner's events sent to an https address from now on, of these types or, without any, of all. The address must be of the public "
            + "Internet, else it is refused as webhook-address-not-allowed. The secret that checks the signatures (Standard Webhooks) is shown this once; an address "
            + $"that has a webhook is refused as webhook-exists. Types: {string.Join(", ", PartnerEventTypes.All)}.");
}
