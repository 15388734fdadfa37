using Loyalty.EventStore;
using Loyalty.PointsLedger.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.PointsLedger.Tests.Views;

/// <summary>What the ledger's program does with its views when it is told to rebuild them.</summary>
internal static class Projected
{
    /// <summary>Rebuilds a view from the first event beside the live one; answers how many rows were different.</summary>
    public static async Task<long> Rebuild(this RunningLedger ledger, IProjection view)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:Database", ledger.ServiceDatabase)]).Build();
        await using var services = new ServiceCollection().AddLogging().AddEventStore(configuration, store => store.KeepAccounts()).BuildServiceProvider();
        return (await services.GetRequiredService<ProjectionRebuild>().Run(view, CancellationToken.None)).DifferentRows;
    }
}
