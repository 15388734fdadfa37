using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Files;
using Loyalty.CoalitionPartners.Integration;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.CoalitionPartners.Views;

namespace Loyalty.CoalitionPartners.Features.Batches;

internal static class BatchParts
{
    /// <summary>
    /// The parts that take files in. <c>Batches:MostLines</c> bounds a file (1,000,000 lines), <c>Batches:Window</c> what is on its way to the
    /// ledger (20,000 lines), <c>Batches:ResendAfter</c> the wait for an answer before lines are sent again (2 minutes, then longer).
    /// </summary>
    public static void AddBatches(this IServiceCollection services, IConfiguration configuration)
    {
        var settings = configuration.GetSection("Batches");
        services.AddSingleton(new FileLimits(Lines: settings.GetValue("MostLines", 1_000_000)));
        services.AddSingleton(new SendingPolicy(Chunk: 2_000, settings.GetValue("Window", 20_000), settings.GetValue("ResendAfter", TimeSpan.FromMinutes(2))));
        services.AddSingleton<BatchRows>().AddSingleton<BatchLineRows>().AddSingleton<BatchIntake>().AddSingleton<BatchView>();
        services.AddHostedService<BatchSending>();
    }
}
