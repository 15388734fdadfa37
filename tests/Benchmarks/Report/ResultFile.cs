using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loyalty.Benchmarks.Report;

/// <summary>The same as the table, for programs.</summary>
internal static class ResultFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Task Write(string file, Results results) => File.WriteAllTextAsync(file, JsonSerializer.Serialize(
        new
        {
            results.Machine,
            quick = results.Options.Quick,
            accounts = results.Options.Accounts,
            rounds = results.Options.Rounds,
            secondsPerRound = results.Options.Seconds,
            contenders = results.Lines.Select(l => new
            {
                l.Contender.Key, l.Contender.Title, l.WhyNot, atOnce = l.Width, l.Rate, l.P50, l.P99, l.Refused, l.Failed, l.MicrosecondsEach, l.Rounds,
            }),
            results.Findings,
            results.Differences,
            goals = Goal.All.Select(g => (Goal: g, Value: g.ValueIn(results))).Select(g => new
            {
                g.Goal.Key, g.Goal.Title, g.Value, g.Goal.Wanted, g.Goal.AtLeast, g.Goal.Unit, met = g.Goal.IsMet(g.Value),
            }),
        },
        Json));
}
