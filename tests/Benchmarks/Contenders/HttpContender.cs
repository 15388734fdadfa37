using Loyalty.Benchmarks.Ground;
using Loyalty.Benchmarks.Load;

namespace Loyalty.Benchmarks.Contenders;

/// <summary>A service that is asked over HTTP by the load generator.</summary>
/// <param name="Site">What everybody stands on.</param>
/// <param name="Port">Where it listens.</param>
/// <param name="Process">Its process.</param>
/// <param name="Plan">What it is asked.</param>
internal abstract record HttpContender(string Key, string Title, Site Site, int Port, int Process, LoadPlan Plan) : Contender(Key, Title)
{
    public override async Task<Measurement> Measure(double seconds, int width)
    {
        var before = Site.Processors.Now(Process);
        var result = await Site.Generator.Run(Plan with { Port = Port, Seconds = seconds, Connections = width, Token = Site.Token(Plan.Request) });
        var used = Site.Processors.Now(Process) - before;
        return new Measurement(
            result.Rate, result.P50, result.P99, result.Accepted, result.Refused, result.Failed,
            result.CpuCores, used.Service / result.Seconds, used.Postgres / result.Seconds, used.Machine / result.Seconds, result.Seconds, FaultOf(result));
    }

    private static string? FaultOf(LoadResult result) => result.Failed == 0
        ? result.Fault
        : $"{result.Fault} {string.Join(", ", result.Statuses.Where(s => s.Key is not (200 or 201 or 304 or 422)).Select(s => FormattableString.Invariant($"{s.Value} x {s.Key}")))}".Trim();
}
