using System.Globalization;
using System.Text;

namespace Loyalty.Benchmarks.Report;

/// <summary>The one table that a run prints.</summary>
internal static class Table
{
    // What the benchmark's own odds and ends use, such as its telemetry sink.
    private const double Noise = 0.2;

    public static string Of(Results results)
    {
        var text = new StringBuilder();
        var m = results.Machine;
        Add(text, $"Measured {m.Date:yyyy-MM-dd HH:mm} UTC on {m.Cores} cores ({m.Processor}), {m.MemoryGigabytes:N0} GB, PostgreSQL {m.Postgres}, {m.Dotnet}");
        Add(text, $"{string.Join(", ", m.Durability.Select(s => $"{s.Key} {s.Value}"))}; load average before: {m.LoadBefore:N2}");
        Add(text, $"{results.Options}");
        Add(text, $"");
        if (results.Lines.Count > 0)
            Add(text, $"{"",-34}{"per second",11}{"p50 ms",9}{"p99 ms",9}{"refused",9}{"failed",8}{"at once",8}{"µs each",9}   processors: load, service, PostgreSQL, all");
        foreach (var line in results.Lines) Add(text, line);
        if (results.UsedByOthers() is > Noise and var others)
            Add(text, $"Others used {others:N1} processors meanwhile: rates are too low, latencies too high, and ratios distorted.");
        foreach (var difference in results.Differences) Add(text, $"WRONG: {difference}");
        if (results.Findings.Count > 0) Add(text, $"");
        foreach (var finding in results.Findings)
            Add(text, $"{finding.Title,-56}{(finding.Value is { } v ? Short(v) : "-"),12} {finding.Unit,-9}{finding.Note}");
        Add(text, $"");
        Add(text, $"{"",-56}{"measured",12}{"goal",12}");
        foreach (var (goal, value) in Goal.All.Select(g => (g, g.ValueIn(results))).Where(g => results.Options.IsWhole || g.Item2 is not null))
        {
            var verdict = goal.IsMet(value) switch { true => "met", false => "NOT MET", null => "not available" };
            Add(text, $"{goal.Title,-56}{(value is { } v ? Short(v) : "-"),12}{(goal.AtLeast ? "≥ " : "≤ ") + Short(goal.Wanted),12} {goal.Unit,-3} {verdict}");
        }

        return text.ToString();
    }

    private static void Add(StringBuilder text, Line line)
    {
        if (line.WhyNot is { } reason) Add(text, $"{line.Contender.Title,-34}  {reason}");
        else
        {
            Add(text, $"{line.Contender.Title,-34}{line.Rate,11:N0}{line.P50,9:N2}{line.P99,9:N2}{line.Refused,9:N0}{line.Failed,8:N0}{line.Width,8}{line.MicrosecondsEach,9:N0}   {line.Median(r => r.GeneratorCores):N2}, {line.Median(r => r.ServiceCores):N2}, {line.Median(r => r.PostgresCores):N2}, {line.Median(r => r.MachineCores):N2}");
            if (line.Rounds.Select(r => r.Fault).FirstOrDefault(f => f is not null) is { } fault) Add(text, $"{"",-34}  {fault}");
        }
    }

    private static void Add(StringBuilder text, FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture).TrimEnd());

    private static string Short(double value) => value.ToString(value >= 100 ? "N0" : value >= 10 ? "N1" : "0.##", CultureInfo.InvariantCulture);
}
