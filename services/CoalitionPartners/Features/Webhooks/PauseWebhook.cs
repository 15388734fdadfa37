using Loyalty.CoalitionPartners.Domain.Webhooks;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Webhooks;

internal sealed record PauseWebhook(PartnerId Partner, Guid Webhook) : ICommand<WebhookShown>;

internal sealed record ResumeWebhook(PartnerId Partner, Guid Webhook) : ICommand<WebhookShown>;

internal sealed class PauseWebhookHandler(Session session, TimeProvider clock)
    : IRequestHandler<PauseWebhook, Outcome<WebhookShown>>, IRequestHandler<ResumeWebhook, Outcome<WebhookShown>>
{
    public Task<Outcome<WebhookShown>> Handle(PauseWebhook request, CancellationToken cancellationToken) =>
        Decide(request.Partner, request.Webhook, webhooks => webhooks.Pause(request.Partner, request.Webhook, clock.GetUtcNow()), cancellationToken);

    public Task<Outcome<WebhookShown>> Handle(ResumeWebhook request, CancellationToken cancellationToken) =>
        Decide(request.Partner, request.Webhook, webhooks => webhooks.Resume(request.Partner, request.Webhook, clock.GetUtcNow()), cancellationToken);

    private async Task<Outcome<WebhookShown>> Decide(
        PartnerId partner, Guid webhook, Func<PartnerWebhooks, Decision<WebhookFact>> decide, CancellationToken ct)
    {
        var stream = await session.FetchForWriting<PartnerWebhooks>(PartnerWebhooks.IdOf(partner), ct);
        return session.Append(stream, decide(stream.State), after => WebhookShown.Of(after.Find(webhook)!));
    }
}

internal static class PausingWebhooks
{
    public static void MapPauseWebhook(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/webhooks/{id:guid}/pause", async (Guid id, HttpContext http, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new PauseWebhook(http.Partner(), id), ct)).ToHttp())
            .RequireScope(RegisteringWebhooks.Scope)
            .Produces<WebhookShown>()
            .WithSummary("Pause a webhook")
            .WithDescription("Nothing is sent to it until it is resumed; what happens meanwhile waits, for 30 days unless set otherwise. Pausing again changes nothing.");

        app.MapPost("/v1/webhooks/{id:guid}/resume", async (Guid id, HttpContext http, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new ResumeWebhook(http.Partner(), id), ct)).ToHttp())
            .RequireScope(RegisteringWebhooks.Scope)
            .Produces<WebhookShown>()
            .WithSummary("Resume a webhook")
            .WithDescription("Whatever has waited is sent now. Also for one that was disabled because its receiver answered 410 Gone. Resuming again changes nothing.");
    }
}
