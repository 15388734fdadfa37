using Loyalty.Benchmarks.Ground;
using Loyalty.Benchmarks.Load;
using Loyalty.Benchmarks.Report;

namespace Loyalty.Benchmarks.Contenders;

/// <summary>What a posting takes while the ledger has half of what it can do at most to do: an open loop, each latency from the scheduled time.</summary>
internal static class LedgerAtHalfLoad
{
    public const string Key = "open-loop-p99";

    // So many that a request never waits for a connection of ours.
    private const int Connections = 256;

    /// <param name="most">The rate of the closed loop.</param>
    public static async Task<IReadOnlyList<Finding>> Measure(Site site, Ledger ledger, double most)
    {
        var rate = Math.Floor(most / 2);
        var rounds = new List<LoadResult>();
        for (var round = 0; round < site.Options.Rounds; round++)
        {
            rounds.Add(await site.Generator.Run(new LoadPlan(
                "ledger", Request.Postings, ledger.Process.Url.Port, site.Token(Request.Postings), site.Options.Accounts, Connections, site.Options.Seconds, Rate: rate)));
            await ledger.Settle(site.Options.Patience);
        }

        var (p50, p99) = (Median(r => r.P50), Median(r => r.P99));
        Progress.Say(FormattableString.Invariant($"  open loop at {rate:N0}/s: p50 {p50:N2} ms, p99 {p99:N2} ms"));
        var note = FormattableString.Invariant($"open loop at {rate:N0}/s, {rounds.Sum(r => r.Failed)} failed");
        return [new("open-loop-p50", "p50 at half of the maximum", p50, "ms", note), new(Key, "p99 at half of the maximum", p99, "ms", note)];

        double Median(Func<LoadResult, double> of) => rounds.Select(of).Order().ElementAt((rounds.Count - 1) / 2);
    }
}
