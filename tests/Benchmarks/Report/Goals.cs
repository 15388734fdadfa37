namespace Loyalty.Benchmarks.Report;

/// <summary>What is wanted of the figures of one run.</summary>
/// <param name="Title">The ratio or figure.</param>
/// <param name="Of">Reads it from the results; null where something of it was not measured.</param>
/// <param name="Wanted">The goal.</param>
/// <param name="AtLeast">Whether more is better.</param>
/// <param name="Unit">Of the figure; empty for a ratio.</param>
internal sealed record Goal(string Key, string Title, Func<Results, double?> Of, double Wanted, bool AtLeast, string Unit = "")
{
    public static readonly IReadOnlyList<Goal> All =
    [
        new("single/by-hand", "single postings over HTTP ÷ (a)", r => r.Rate("single") / r.Rate("by-hand"), 3, AtLeast: true),
        new("single/ef", "single postings over HTTP ÷ (b)", r => r.Rate("single") / r.Rate("ef"), 25, AtLeast: true),
        new("single/empty", "single postings over HTTP ÷ (d)", r => r.Rate("single") / r.Rate("empty"), 0.5, AtLeast: true),
        new("ndjson/by-hand", "NDJSON lines ÷ (a)", r => r.Rate("ndjson") / r.Rate("by-hand"), 7, AtLeast: true),
        new("in-process/by-hand", "in-process postings ÷ (a)", r => r.Rate("in-process") / r.Rate("by-hand"), 7, AtLeast: true),
        new("single-rules/single", "single postings with three offers on ÷ without", r => r.Rate("single-rules") / r.Rate("single"), 0.67, AtLeast: true),
        new("ndjson-rules/ndjson", "NDJSON lines with three offers on ÷ without", r => r.Rate("ndjson-rules") / r.Rate("ndjson"), 0.67, AtLeast: true),
        new("in-process-rules/in-process", "in-process postings with three offers on ÷ without", r => r.Rate("in-process-rules") / r.Rate("in-process"), 0.67, AtLeast: true),
        new("hot/single", "10 % of the load on one account ÷ even load", r => r.Rate("hot") / r.Rate("single"), 0.8, AtLeast: true),
        new("open-loop/by-hand", "p99 at half of the maximum ÷ p99 of (a) at 8 clients", r => r.Found("open-loop-p99") / r.P99("by-hand-8"), 3, AtLeast: false),
        new("balance-account/empty", "balance reads by account ÷ (d)", r => r.Rate("balance-account") / r.Rate("empty"), 0.6, AtLeast: true),
        new("balance-card/empty", "balance reads by card ÷ (d)", r => r.Rate("balance-card") / r.Rate("empty"), 0.6, AtLeast: true),
        new("settlement-lag", "settlement lag, p99, at a steady 5,000 postings/s", r => r.Found("settlement-lag-p99"), 2, AtLeast: false, "s"),
        new("rebuild/by-hand", "rebuild of balances, events/s ÷ (a)", r => r.Found("rebuild") / r.Rate("by-hand"), 50, AtLeast: true),
        new("long/empty-log", "posting rate on the long log ÷ on an empty log", r => r.Found("long-rate-ratio"), 0.8, AtLeast: true),
        new("memory", "resident memory after the long log", r => r.Found("long-memory"), 400, AtLeast: false, "MB"),
    ];

    /// <summary>The figure; null where something of it was not measured, or where somebody did nothing at all.</summary>
    public double? ValueIn(Results results) => Of(results) is { } value && double.IsFinite(value) ? value : null;

    public bool? IsMet(double? value) => value is not { } v ? null : AtLeast ? v >= Wanted : v <= Wanted;
}
