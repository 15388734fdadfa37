namespace Loyalty.PointsLedger.Lanes;

/// <summary>How much a ledger takes on at once, under <c>Lanes</c> in the configuration. Everything is bounded.</summary>
/// <param name="Count">How many lanes decide side by side. As many as cores, measured.</param>
/// <param name="BatchSize">The most postings that one transaction commits.</param>
/// <param name="QueueDepth">The most postings that wait in a lane; one more is answered 429.</param>
/// <param name="CacheMegabytes">About how much memory all lanes' cached accounts take.</param>
internal sealed record LaneOptions(int Count, int BatchSize, int QueueDepth, int CacheMegabytes)
{
    public static LaneOptions From(IConfiguration configuration) => new(
        Bounded(configuration, "Lanes:Count", Math.Clamp(Environment.ProcessorCount, 1, 8), 1, 64),
        Bounded(configuration, "Lanes:BatchSize", 500, 1, 10_000),
        Bounded(configuration, "Lanes:QueueDepth", 10_000, 1, 1_000_000),
        Bounded(configuration, "Lanes:CacheMegabytes", 128, 1, 64 * 1024));

    private static int Bounded(IConfiguration configuration, string key, int usual, int least, int most) =>
        configuration.GetValue(key, usual) is var value && value >= least && value <= most
            ? value
            : throw new InvalidOperationException($"{key} is {value}; set it between {least} and {most}.");
}
