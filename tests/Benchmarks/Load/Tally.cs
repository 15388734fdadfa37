using System.Diagnostics;

namespace Loyalty.Benchmarks.Load;

/// <summary>Counts the answers of one run. The connections of a run share it.</summary>
/// <param name="seconds">How long requests are started. Answers that come later are counted, but in no rate: connections that have ended by then are missing from it.</param>
/// <param name="keepTimeline">Whether to note when how many had been accepted.</param>
internal sealed class Tally(double seconds, bool keepTimeline)
{
    private static readonly long TimelineStep = Stopwatch.Frequency / 500;

    private readonly Lock gate = new();
    private readonly LatencyHistogram latencies = new();
    private readonly Dictionary<int, long> statuses = [];
    private readonly List<Acknowledged> timeline = [];
    private readonly long began = Stopwatch.GetTimestamp();
    private readonly TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;
    private readonly long until = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
    private long accepted;
    private long acceptedInTime;
    private long last;

    public string? Fault { get; set; }

    public long Answers { get; private set; }

    /// <summary>Counts an answer to what was sent, or should have been sent, at that tick.</summary>
    public void Answered(int status, long sentAt)
    {
        var now = Stopwatch.GetTimestamp();
        lock (gate)
        {
            Answers++;
            last = now;
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            latencies.Record((now - sentAt) / (Stopwatch.Frequency / 1_000_000));
            if (status is < 200 or > 299) return;
            accepted++;
            if (now <= until) acceptedInTime++;
            if (keepTimeline && (timeline.Count == 0 || now - timeline[^1].At >= TimelineStep)) timeline.Add(new(now, accepted));
        }
    }

    public LoadResult Result()
    {
        lock (gate)
        {
            var took = Math.Max(0.001, Stopwatch.GetElapsedTime(began, Math.Max(last, began)).TotalSeconds);
            if (keepTimeline) timeline.Add(new(last, accepted));
            var refused = statuses.GetValueOrDefault(422);
            return new LoadResult(
                accepted, acceptedInTime / Math.Min(took, seconds), refused, Answers - accepted - refused, took, latencies.Percentile(50), latencies.Percentile(99), latencies.Highest / 1000.0,
                (Environment.CpuUsage.TotalTime - cpuBefore).TotalSeconds / took, statuses, timeline, Fault);
        }
    }
}
