using Loyalty.Benchmarks.Contenders;

namespace Loyalty.Benchmarks.Report;

/// <summary>A contender and what its rounds came to.</summary>
/// <param name="Contender">Who.</param>
/// <param name="Width">Clients or connections it was measured with.</param>
/// <param name="WhyNot">Why it was not measured.</param>
internal sealed record Line(Contender Contender, int Width, string? WhyNot)
{
    public List<Measurement> Rounds { get; } = [];

    public double? Rate => Median(m => m.Rate);

    public double? P50 => Median(m => m.P50);

    public double? P99 => Median(m => m.P99);

    public long Refused => Rounds.Sum(m => m.Refused);

    public long Failed => Rounds.Sum(m => m.Failed);

    /// <summary>Processor time of load generator, service and PostgreSQL for each that was accepted: says the most on a machine that others use too.</summary>
    public double? MicrosecondsEach => Rounds.All(m => m.MicrosecondsEach is not null) ? Median(m => m.MicrosecondsEach!.Value) : null;

    public double? Median(Func<Measurement, double> of)
    {
        if (Rounds.Count == 0) return null;
        var values = Rounds.Select(of).Order().ToList();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }
}
