using System.Net;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.CoalitionPartners.Views;
using Loyalty.CoalitionPartners.Webhooks;

namespace Loyalty.CoalitionPartners.Features.Webhooks;

internal static class WebhookParts
{
    /// <summary>The parts that tell partners what happens to them. What can be set is in <see cref="WebhookSettings"/>.</summary>
    public static void AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(WebhookSettings.Of(configuration));
        services.AddSingleton<ResolveHost>(Dns.GetHostAddressesAsync);
        services.AddSingleton<WebhookAddresses>().AddSingleton<WebhookSender>().AddSingleton<WebhookDeliveryRows>().AddSingleton<WebhookView>();
        services.AddHostedService<WebhookFeed>().AddHostedService<WebhookDeliverer>();
    }

    /// <summary>What can be asked for about them.</summary>
    public static void MapWebhooks(this IEndpointRouteBuilder app)
    {
        app.MapRegisterWebhook();
        app.MapListWebhooks();
        app.MapRemoveWebhook();
        app.MapRotateWebhookSecret();
        app.MapPauseWebhook();
        app.MapTestWebhook();
        app.MapShowWebhookDeliveries();
        app.MapReplayWebhook();
    }
}
