using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Loyalty.Benchmarks.Report;

namespace Loyalty.Benchmarks.Load;

/// <summary>Asks the same of a service with wrk, a load generator that is not ours, to see that ours neither flatters nor hinders.</summary>
internal static class Wrk
{
    private const int Paths = 1000;

    /// <param name="key">Key of the contender.</param>
    /// <param name="title">Title of the contender.</param>
    /// <param name="ours">What our generator measured.</param>
    public static async Task<Finding> CrossCheck(string key, string title, double ours, int port, string token, Request request, int accounts, int connections, double seconds)
    {
        var script = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(script, request == Request.Postings ? Purchase(token) : Balances(token, accounts));
            var output = await Run(script, port, connections, (int)Math.Ceiling(seconds));
            var found = output is null ? null : Regex.Match(output, @"Requests/sec:\s+([\d.]+)");
            if (found is not { Success: true }) return new("wrk-" + key, "wrk on " + title, null, "", "wrk is not installed: apt-get install wrk");
            var rate = double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture);
            var bad = Regex.Match(output!, @"Non-2xx or 3xx responses: (\d+)");
            var note = FormattableString.Invariant($"ours measured {ours:N0}, {ours / rate:P0} of it{(bad.Success ? ", not accepted: " + bad.Groups[1].Value : "")}");
            Progress.Say(FormattableString.Invariant($"  wrk on {title}: {rate:N0}/s, {note}"));
            return new("wrk-" + key, "wrk on " + title, rate, "/s", note);
        }
        finally
        {
            File.Delete(script);
        }
    }

    private static async Task<string?> Run(string script, int port, int connections, int seconds)
    {
        var start = new ProcessStartInfo("wrk",
        [
            "--threads=1", string.Create(CultureInfo.InvariantCulture, $"--connections={connections}"), string.Create(CultureInfo.InvariantCulture, $"--duration={seconds}s"),
            $"--script={script}", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"),
        ])
        {
            UseShellExecute = false, RedirectStandardOutput = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds + 30));
            return await process.StandardOutput.ReadToEndAsync(limit.Token);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    // One purchase again and again: only asked of the endpoint that does nothing.
    private static string Purchase(string token) =>
        $$"""
        local body = '{"transactionId":"S001-20260101-000000001","card":"{{Population.Card(1)}}","store":"S001","amount":25.90,"currency":"EUR","occurredAt":"{{DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)}}"}'
        local purchase
        function init(args)
          purchase = wrk.format("POST", "/v1/purchases", {["Content-Type"] = "application/json", ["Authorization"] = "Bearer {{token}}"}, body)
        end
        function request() return purchase end
        """;

    private static string Balances(string token, int accounts)
    {
        var random = new Random(1);
        var paths = string.Join(",", Enumerable.Range(0, Paths).Select(_ => $"\"/v1/accounts/{Population.Account(random.Next(accounts))}/balance\""));
        return
            $$"""
            local paths = {{{paths}}}
            local at = 0
            local requests = {}
            function init(args)
              for i, path in ipairs(paths) do requests[i] = wrk.format("GET", path, {["Authorization"] = "Bearer {{token}}"}) end
            end
            function request()
              at = at % #requests + 1
              return requests[at]
            end
            """;
    }
}
