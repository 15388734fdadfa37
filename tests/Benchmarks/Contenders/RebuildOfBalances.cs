using System.Diagnostics;
using Loyalty.Benchmarks.Ground;
using Loyalty.Benchmarks.Report;
using Loyalty.EventStore;
using Loyalty.PointsLedger.Storage;

namespace Loyalty.Benchmarks.Contenders;

/// <summary>
/// Folds every account of the ledger again from its first event and compares all balances with the stored ones, as
/// <c>./loyalty rebuild PointsLedger</c> does. The log is what the measurements before have left.
/// </summary>
internal static class RebuildOfBalances
{
    private const int Runs = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task<IReadOnlyList<Finding>> Measure(Ledger ledger)
    {
        await ledger.Settle(Patience);
        await using var source = EventStoreSetup.Connect(ledger.Database.Administrator);
        var options = new EventStoreOptions().KeepAccounts();
        var store = new DocumentStore(source, options, TimeProvider.System, new LogSignal());
        var rates = new List<double>();
        var found = new SnapshotResult(0, 0, 0);
        for (var run = 0; run < Runs; run++)
        {
            var watch = Stopwatch.StartNew();
            found = (await store.RebuildSnapshots(CancellationToken.None)).Values.Single();
            rates.Add(found.Events / watch.Elapsed.TotalSeconds);
        }

        if (found.Different > 0) throw new InvalidOperationException($"{found.Different} balances differ from the fold of their events.");
        rates.Sort();
        Progress.Say(FormattableString.Invariant($"  rebuilt {found.Streams:N0} balances from {found.Events:N0} events, {rates[Runs / 2]:N0} events/s"));
        return [new("rebuild", "rebuild of balances", rates[Runs / 2], "events/s", FormattableString.Invariant($"{found.Events:N0} events, none of {found.Streams:N0} balances differs"))];
    }
}
