using Loyalty.CoalitionPartners.Reconciling;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.CoalitionPartners.Views;

namespace Loyalty.CoalitionPartners.Features.Reconciling;

internal static class Reconciliations
{
    /// <summary>The parts that compare partners' books with ours.</summary>
    public static void AddReconciliations(this IServiceCollection services) => services
        .AddSingleton<CardHashes>().AddSingleton<ReconciliationRows>().AddSingleton<BookLineRows>().AddSingleton<ReconciliationIntake>()
        .AddSingleton<ReconciliationView>().AddSingleton<ReconciliationItemsView>().AddSingleton<ItemFinder>().AddSingleton<DryRun>()
        .AddScoped<ItemDesk>().AddHostedService<ReconciliationWorker>();
}
