using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Loyalty.Journeys.Tests;

/// <summary>
/// How much memory a file of a million lines takes, and how long. It takes minutes, so it runs only when asked for:
/// <c>-explicit only -class "*MeasuringFiles"</c>, with the number of lines in <c>LOYALTY_FILE_LINES</c> (1,000,000).
/// </summary>
[Collection(RunningCoalition.Name)]
public sealed class MeasuringFiles(Coalition coalition)
{
    private const long MostMegabytes = 1_024;

    [Fact(Explicit = true)]
    public async Task takes_a_million_lines_in_bounded_memory()
    {
        var lines = int.Parse(Environment.GetEnvironmentVariable("LOYALTY_FILE_LINES") ?? "999999", CultureInfo.InvariantCulture);
        var till = await coalition.Operator.Admit();
        var members = await coalition.Operator.Enrol(till, 5_000);
        await till.BuyWhenKnown(members[0], 1.00m);
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(path, Enumerable.Range(0, lines).Select(i => LineOf(i, members)).Prepend("type,transactionId,occurredAt,card,store,amount,currency"));
            var before = Peaks();
            var watch = Stopwatch.StartNew();
            var batch = await Upload(till, path);
            var received = watch.Elapsed;
            await Eventually.Holds(async () => (await Show(till, batch))["state"]!.GetValue<string>().ShouldBe("complete"), TimeSpan.FromHours(2));
            var answered = watch.Elapsed;
            (await Show(till, batch))["accepted"]!.GetValue<int>().ShouldBe(lines);
            var after = Peaks();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{lines:N0} lines: stored in {received.TotalSeconds:N1} s ({lines / received.TotalSeconds:N0}/s), all answered after {answered.TotalSeconds:N1} s ({lines / answered.TotalSeconds:N0}/s). "
                + $"Peak memory in MB, before and after: CoalitionPartners {before.Partners:N0}, {after.Partners:N0}; PointsLedger {before.Ledger:N0}, {after.Ledger:N0}."));
            after.Partners.ShouldBeLessThan(MostMegabytes);
            after.Ledger.ShouldBeLessThan(MostMegabytes);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string LineOf(int i, IReadOnlyList<Member> members) => string.Create(
        CultureInfo.InvariantCulture, $"purchase,million-{i:D7},{Till.Noon:O},{members[i % members.Count].Card},{Till.Store},{1 + (i % 50)}.00,{Operator.Currency}");

    private (long Partners, long Ledger) Peaks() => (Peak(Coalition.Partners), Peak(Coalition.Ledger));

    private long Peak(string service) => long.Parse(
        Regex.Match(File.ReadAllText($"/proc/{coalition.ProcessOf(service)}/status"), @"VmHWM:\s+(\d+) kB").Groups[1].Value, CultureInfo.InvariantCulture) / 1024;

    private async Task<Guid> Upload(Till till, string path)
    {
        await using var file = File.OpenRead(path);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(coalition.UrlOf(Coalition.Partners), "v1/batches")) { Content = new StreamContent(file) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        return (await Send(till, request))["batchId"]!.GetValue<Guid>();
    }

    private async Task<JsonNode> Show(Till till, Guid batch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(coalition.UrlOf(Coalition.Partners), $"v1/batches/{batch}"));
        return await Send(till, request);
    }

    private static async Task<JsonNode> Send(Till till, HttpRequestMessage request)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(30) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await till.SignIn());
        using var answer = await http.SendAsync(request);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }
}
