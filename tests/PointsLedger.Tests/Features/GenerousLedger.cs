using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.Testing;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

/// <summary>A ledger of its own whose programme lets members give points away: up to 1,000 at once and 100,000 in a month.</summary>
[CollectionDefinition(nameof(GenerousLedger))]
public sealed class GenerousLedger : ICollectionFixture<RunningLedger>;

internal static class AllowingTransfers
{
    public static async Task AllowTransfers(this RunningLedger ledger)
    {
        var programme = new Programme("Europe/Vienna", "down", new("never", null, null), new(null, null), "debt", 15, new(1000, 100_000), [], [], null);
        if (await ledger.Count("programmes") == 0) await ledger.Publish(new ProgrammePublished(1, RunningLedger.LongAgo, programme, RunningLedger.LongAgo));
        // The ledger's own look at it is at most two seconds old, and forgotten at once when the news come.
        await Eventually.Holds(async () => await ledger.Count("programmes") == 1);
    }
}
