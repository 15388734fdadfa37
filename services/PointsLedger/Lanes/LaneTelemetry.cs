using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Loyalty.PointsLedger.Lanes;

/// <summary>What can be watched of the lanes.</summary>
internal static class LaneTelemetry
{
    public const string Name = "Loyalty.PointsLedger";

    public static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    public static readonly Histogram<int> BatchSize = Meter.CreateHistogram<int>(
        "loyalty.lane.batch.size", "{posting}", "How many postings one transaction committed.");

    public static readonly Histogram<double> BatchDuration = Meter.CreateHistogram<double>(
        "loyalty.lane.batch.duration", "s", "Time to load, decide and commit a batch.");

    public static readonly Counter<long> Conflicts = Meter.CreateCounter<long>(
        "loyalty.lane.conflicts", "{batch}", "How often a batch was decided again because somebody else had committed first.");

    public static readonly Counter<long> Splits = Meter.CreateCounter<long>(
        "loyalty.lane.splits", "{batch}", "How often a batch was split to find the posting that it failed on.");

    public static readonly Counter<long> Full = Meter.CreateCounter<long>(
        "loyalty.lane.full", "{posting}", "How many postings were turned away because their lane was full.");

    public static readonly Counter<long> Swept = Meter.CreateCounter<long>(
        "loyalty.sweep.accounts", "{account}", "For how many accounts the sweep wrote down what was due.");
}
