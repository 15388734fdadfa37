using Loyalty.CoalitionPartners.Domain.Webhooks;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Webhooks;

internal sealed record RemoveWebhook(PartnerId Partner, Guid Webhook) : ICommand<RemovedWebhook>;

internal sealed record RemovedWebhook(Guid WebhookId);

internal sealed class RemoveWebhookHandler(Session session, TimeProvider clock) : IRequestHandler<RemoveWebhook, Outcome<RemovedWebhook>>
{
    public async Task<Outcome<RemovedWebhook>> Handle(RemoveWebhook request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<PartnerWebhooks>(PartnerWebhooks.IdOf(request.Partner), cancellationToken);
        var decision = stream.State.Remove(request.Partner, request.Webhook, clock.GetUtcNow());
        if (decision is Decision<WebhookFact>.Accepted) WebhookSecrets.Forget(session, request.Webhook);
        return session.Append(stream, decision, _ => new RemovedWebhook(request.Webhook));
    }
}

internal static class RemovingWebhooks
{
    public static void MapRemoveWebhook(this IEndpointRouteBuilder app) => app
        .MapDelete("/v1/webhooks/{id:guid}", async (Guid id, HttpContext http, IMediator mediator, CancellationToken ct) =>
            await mediator.Send(new RemoveWebhook(http.Partner(), id), ct) is var outcome and not Outcome<RemovedWebhook>.Accepted
                ? outcome.ToHttp()
                : TypedResults.NoContent())
        .RequireScope(RegisteringWebhooks.Scope)
        .Produces(StatusCodes.Status204NoContent)
        .WithSummary("Remove a webhook")
        .WithDescription("Nothing more is sent to it, and its secrets and deliveries are forgotten. Removing it again changes nothing.");
}
