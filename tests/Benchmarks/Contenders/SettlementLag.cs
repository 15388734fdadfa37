using System.Diagnostics;
using Loyalty.Benchmarks.Ground;
using Loyalty.Benchmarks.Load;
using Loyalty.Benchmarks.Report;
using Npgsql;

namespace Loyalty.Benchmarks.Contenders;

/// <summary>
/// How long it takes from a till's answer until the posting is in the settlement view of CoalitionPartners: the relay, RabbitMQ, the
/// consumer and the projection. Everything runs on this machine.
/// </summary>
internal sealed class SettlementLag(Site site, Ledger ledger, Coalition coalition) : IAsyncDisposable
{
    public const double Wanted = 5000;

    private const int Connections = 256;

    // What a slower machine can hold for long: the rest belongs to the relay and the consumers.
    private const double ShareOfMost = 0.8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly NpgsqlConnection view = new(coalition.Database.Administrator);

    /// <param name="most">What the ledger can post at most per second.</param>
    public async Task<IReadOnlyList<Finding>> Measure(double most)
    {
        await view.OpenAsync();
        await ledger.Settle(site.Options.Patience, empty: false);
        var idle = await Idle(site.Options.Quick ? 10 : 50);
        Progress.Say(FormattableString.Invariant($"  settlement lag when idle: p50 {idle.Percentile(50):N1} ms, p99 {idle.Percentile(99):N1} ms"));
        var rate = Math.Min(Wanted, Math.Floor(most * ShareOfMost));
        return
        [
            new("settlement-lag-idle-p50", "settlement lag of a single posting, p50", idle.Percentile(50), "ms", "nothing else is posted"),
            new("settlement-lag-idle-p99", "settlement lag of a single posting, p99", idle.Percentile(99), "ms", ""),
            .. await Steady(rate, site.Options.Quick ? 5 : 30),
        ];
    }

    public ValueTask DisposeAsync() => view.DisposeAsync();

    private async Task<LatencyHistogram> Idle(int samples)
    {
        var lags = new LatencyHistogram();
        for (var sample = 0; sample < samples; sample++)
        {
            var before = await Settled();
            var posted = await site.Generator.Run(Plan(seconds: 0.001, connections: 1) with { Timeline = true, Rate = 1000 });
            if (posted.Accepted != 1) continue;
            var at = await When(before + 1);
            lags.Record((at - posted.Timeline[^1].At) / (Stopwatch.Frequency / 1_000_000));
        }

        return lags;
    }

    private async Task<IReadOnlyList<Finding>> Steady(double rate, double seconds)
    {
        var before = await Settled();
        var loading = site.Generator.Run(Plan(seconds, Connections) with { Timeline = true, Rate = rate });
        var seen = new List<Acknowledged>();
        while (!loading.IsCompleted) await Look();
        var result = await loading;
        var until = Stopwatch.GetTimestamp() + (long)(Patience.TotalSeconds * Stopwatch.Frequency);
        while (seen[^1].Postings < result.Accepted && Stopwatch.GetTimestamp() < until) await Look();

        var missing = result.Accepted - seen[^1].Postings;
        var lags = Lags(result.Timeline, seen);
        var held = missing == 0 && result.Rate >= 0.97 * Wanted;
        var note = FormattableString.Invariant(
            $"at {result.Rate:N0} postings/s for {seconds} s{(rate < Wanted ? ", all that the ledger holds for long" : "")}{(missing == 0 ? "" : FormattableString.Invariant($"; {missing:N0} of {result.Accepted:N0} not settled {Patience.TotalSeconds} s later"))}");
        Progress.Say(FormattableString.Invariant($"  settlement lag {note}: p50 {lags.Percentile(50):N0} ms, p99 {lags.Percentile(99):N0} ms"));
        return
        [
            new("settlement-lag-p50" + (held ? "" : "-slower"), "settlement lag under load, p50", lags.Percentile(50) / 1000, "s", note),
            new("settlement-lag-p99" + (held ? "" : "-slower"), "settlement lag under load, p99", lags.Percentile(99) / 1000, "s", note),
        ];

        async Task Look()
        {
            seen.Add(new(Stopwatch.GetTimestamp(), await Settled() - before));
            await Task.Delay(10);
        }
    }

    // Postings arrive in the view in the order of the log, which is nearly that of their answers: when the view has as many as had
    // been acknowledged at a moment, those of that moment are in it. What never arrived counts as late as the last look.
    private static LatencyHistogram Lags(IReadOnlyList<Acknowledged> acknowledged, List<Acknowledged> seen)
    {
        var lags = new LatencyHistogram();
        var look = 0;
        foreach (var moment in acknowledged)
        {
            while (look < seen.Count - 1 && seen[look].Postings < moment.Postings) look++;
            lags.Record((seen[look].At - moment.At) / (Stopwatch.Frequency / 1_000_000));
        }

        return lags;
    }

    private async Task<long> When(long settled)
    {
        var until = Stopwatch.GetTimestamp() + (long)(Patience.TotalSeconds * Stopwatch.Frequency);
        while (await Settled() < settled)
        {
            if (Stopwatch.GetTimestamp() > until) throw new TimeoutException("A posting does not arrive in the settlement view.");
            await Task.Delay(1);
        }

        return Stopwatch.GetTimestamp();
    }

    private async Task<long> Settled()
    {
        await using var query = new NpgsqlCommand("select coalesce(sum(transactions), 0)::bigint from settlement.lines", view);
        return (long)(await query.ExecuteScalarAsync())!;
    }

    private LoadPlan Plan(double seconds, int connections) =>
        new("ledger", Request.Postings, ledger.Process.Url.Port, site.Token(Request.Postings), site.Options.Accounts, connections, seconds);
}
