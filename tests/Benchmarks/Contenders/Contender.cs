namespace Loyalty.Benchmarks.Contenders;

/// <summary>What one round of one contender came to.</summary>
/// <param name="Rate">Accepted per second.</param>
/// <param name="P50">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
/// <param name="Accepted">How many were accepted.</param>
/// <param name="Refused">How many were decided and refused.</param>
/// <param name="Failed">How many had another answer, or none.</param>
/// <param name="GeneratorCores">Processors that the load generator used.</param>
/// <param name="ServiceCores">Processors that the service used.</param>
/// <param name="PostgresCores">Processors that PostgreSQL used.</param>
/// <param name="MachineCores">Processors that were busy on the whole machine.</param>
/// <param name="Seconds">From the first request to the last answer.</param>
/// <param name="Fault">Why the round ended early, if it did.</param>
internal sealed record Measurement(
    double Rate, double P50, double P99, long Accepted, long Refused, long Failed,
    double GeneratorCores, double ServiceCores, double PostgresCores, double MachineCores, double Seconds, string? Fault = null)
{
    /// <summary>Processor time of load generator, service and PostgreSQL for each that was accepted.</summary>
    public double? MicrosecondsEach => Accepted > 0 ? (GeneratorCores + ServiceCores + PostgresCores) * Seconds / Accepted * 1_000_000 : null;
}

/// <summary>Somebody who posts, or answers; rounds of all of them are measured in turn.</summary>
/// <param name="Key">The name in the JSON file and for <c>--only</c>.</param>
/// <param name="Title">The line in the table.</param>
internal abstract record Contender(string Key, string Title)
{
    /// <summary>Numbers of clients or connections to choose the best of while warming up; the first one is used with <c>--quick</c>.</summary>
    public virtual IReadOnlyList<int> Widths => [64];

    /// <summary>Why it can't be measured; null when it can.</summary>
    public virtual Task<string?> WhyNot() => Task.FromResult<string?>(null);

    /// <summary>One round.</summary>
    /// <param name="seconds">How long.</param>
    /// <param name="width">Clients or connections.</param>
    public abstract Task<Measurement> Measure(double seconds, int width);

    /// <summary>Waits until nothing that a round has left behind disturbs the next one.</summary>
    public virtual Task Settle() => Task.CompletedTask;

    /// <summary>The database its postings go to, which others may share; null where nothing is posted.</summary>
    public virtual string? Book => null;

    /// <summary>How many postings the book holds, to be compared with how many were acknowledged.</summary>
    public virtual Task<long> Stored() => Task.FromResult(0L);
}
