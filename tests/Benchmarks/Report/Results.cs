namespace Loyalty.Benchmarks.Report;

/// <summary>A figure that is not a contender's rate.</summary>
/// <param name="Key">The name in the JSON file.</param>
/// <param name="Title">The line in the table.</param>
/// <param name="Value">The figure; null where there is none.</param>
/// <param name="Unit">Of the figure.</param>
/// <param name="Note">How it was found, or why there is none.</param>
internal sealed record Finding(string Key, string Title, double? Value, string Unit, string Note);

/// <summary>Everything that was measured in one run.</summary>
/// <param name="Differences">Contenders whose databases do not hold what they have acknowledged; their figures are worth nothing.</param>
internal sealed record Results(Options Options, Machine Machine, IReadOnlyList<Line> Lines, IReadOnlyList<Finding> Findings, IReadOnlyList<string> Differences)
{
    public double? Rate(string key) => Line(key)?.Rate;

    public double? P99(string key) => Line(key)?.P99;

    public double? Found(string key) => Findings.FirstOrDefault(f => f.Key == key)?.Value;

    /// <summary>Processors that somebody else used while a contender without a broker was measured; null when none was.</summary>
    public double? UsedByOthers() => Lines
        .Where(l => l.Rounds.Count > 0 && l.Contender.Key is "by-hand" or "ef" or "npgsql" or "empty")
        .Select(l => l.Median(m => m.MachineCores - m.GeneratorCores - m.ServiceCores - m.PostgresCores)).DefaultIfEmpty(null).Average();

    private Line? Line(string key) => Lines.FirstOrDefault(l => l.Contender.Key == key);
}
