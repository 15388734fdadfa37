using System.Text.Json;

namespace Loyalty.Benchmarks.Load;

/// <summary>
/// The load generator as a process: it reads a plan a line and answers each with a line of what came of it. It lives as long as the
/// benchmark, so that it is warm, and goes on with each target's tills where the last run ended.
/// </summary>
internal static class Generator
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private const int Seed = 7105;

    // Whoever does not answer at all shall not hold the benchmark up.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Task<int> Serve() => Serve(Run);

    /// <summary>The same for another way to run a plan.</summary>
    public static async Task<int> Serve(Func<LoadPlan, Tills, Task<LoadResult>> run)
    {
        var tills = new Dictionary<string, Tills>(StringComparer.Ordinal);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var plan = JsonSerializer.Deserialize<LoadPlan>(line, Json)!;
            if (!tills.TryGetValue(plan.Target, out var till)) tills.Add(plan.Target, till = new Tills(plan.Accounts, Seed, plan.Offers));
            Console.WriteLine(JsonSerializer.Serialize(await run(plan, till), Json));
        }

        return 0;
    }

    private static async Task<LoadResult> Run(LoadPlan plan, Tills tills)
    {
        var tally = new Tally(plan.Seconds, plan.Timeline);
        using var end = new CancellationTokenSource();
        try
        {
            var running = plan switch
            {
                { Request: Request.Lines } => LinesLoop.Run(plan, tills, tally, end.Token),
                { Rate: not null } => OpenLoop.Run(plan, tills, tally, end.Token),
                _ => ClosedLoop.Run(plan, tills, tally, end.Token),
            };
            await running.WaitAsync(TimeSpan.FromSeconds(plan.Seconds) + Patience);
        }
        catch (Exception e) when (e is TimeoutException or System.Net.Sockets.SocketException)
        {
            tally.Fault = e.Message;
        }

        // What has not been answered by now must not disturb the next run.
        await end.CancelAsync();
        return tally.Result();
    }
}
