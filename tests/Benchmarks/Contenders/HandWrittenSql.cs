using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Loyalty.Benchmarks.Ground;
using Loyalty.Benchmarks.Load;
using Npgsql;

namespace Loyalty.Benchmarks.Contenders;

/// <summary>
/// (a) pgbench with SQL written by hand: a function does all of a posting's work in the statement that commits it, over prepared
/// statements. No service, no HTTP: what PostgreSQL gives to whoever commits one transaction per posting.
/// </summary>
internal sealed record HandWrittenSql(Site Site, int? Clients = null)
    : Contender(Clients is null ? "by-hand" : "by-hand-8", Clients is null ? "(a) pgbench, SQL by hand" : "(a) pgbench at 8 clients")
{
    // Every transaction's time would be a line; one in five says as much.
    private const string Sampled = "0.2";

    private static int runs;

    public override IReadOnlyList<int> Widths => Clients is { } fixedAt ? [fixedAt] : [16, 8, 32];

    public override async Task<Measurement> Measure(double seconds, int width)
    {
        var folder = Directory.CreateTempSubdirectory("loyalty-bench-").FullName;
        try
        {
            return await Measure(folder, seconds, width);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public override string Book => "by-hand";

    public override Task<long> Stored() => PlainSeed.Count(Site.HandDatabase.Administrator, "posted");

    private async Task<Measurement> Measure(string folder, double seconds, int width)
    {
        var script = Path.Combine(folder, "posting.pgbench");
        await File.WriteAllTextAsync(script, PlainSeed.Script("by-hand.pgbench"));
        var run = Interlocked.Increment(ref runs);
        var before = Site.Processors.Now(service: null);
        var began = Stopwatch.GetTimestamp();
        var (output, cpu) = await Pgbench(folder, script, width, (int)Math.Ceiling(seconds), run);
        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var used = Site.Processors.Now(service: null) - before;
        var latencies = Latencies(folder);
        var processed = long.Parse(Number(output, "number of transactions actually processed: (\\d+)"), CultureInfo.InvariantCulture);
        var rate = double.Parse(Number(output, "tps = ([\\d.]+)"), CultureInfo.InvariantCulture);
        var failed = long.Parse(Number(output, "number of failed transactions: (\\d+)"), CultureInfo.InvariantCulture);
        return new Measurement(
            rate, latencies.Percentile(50), latencies.Percentile(99), processed, 0, failed, cpu / took, 0, used.Postgres / took, used.Machine / took, took);
    }

    private async Task<(string Output, double Cpu)> Pgbench(string folder, string script, int clients, int seconds, int run)
    {
        var place = new NpgsqlConnectionStringBuilder(Site.HandDatabase.Service);
        var start = new ProcessStartInfo("pgbench",
        [
            "--no-vacuum", "--protocol=prepared", $"--file={script}", $"--client={Text(clients)}", "--jobs=1", $"--time={Text(seconds)}",
            "--log", $"--sampling-rate={Sampled}", $"--log-prefix={Path.Combine(folder, "run")}",
            "-D", "n=0", "-D", $"accounts={Text(Site.Options.Accounts)}", "-D", $"run={Text(run)}", "--random-seed=7105",
        ])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder,
        };
        start.Environment["PGHOST"] = place.Host;
        start.Environment["PGPORT"] = Text(place.Port);
        start.Environment["PGUSER"] = place.Username;
        start.Environment["PGPASSWORD"] = place.Password;
        start.Environment["PGDATABASE"] = place.Database;
        var before = Processors.OfEndedChildren();
        using var process = Process.Start(start)!;
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds + 60));
        await process.WaitForExitAsync(limit.Token);
        var output = await said;
        return process.ExitCode == 0
            ? (output[0], Processors.OfEndedChildren() - before)
            : throw new InvalidOperationException($"pgbench failed: {output[1]}");
    }

    // Each line of the log is a transaction; its third field is what it took, in microseconds.
    private static LatencyHistogram Latencies(string folder)
    {
        var histogram = new LatencyHistogram();
        foreach (var line in Directory.EnumerateFiles(folder, "run.*").SelectMany(File.ReadLines))
            histogram.Record(long.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture));

        return histogram;
    }

    private static string Number(string output, string pattern) => Regex.Match(output, pattern) is { Success: true } found
        ? found.Groups[1].Value
        : throw new FormatException($"pgbench did not say '{pattern}': {output}");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
