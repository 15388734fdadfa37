using System.Numerics;

namespace Loyalty.Benchmarks.Load;

/// <summary>Latencies in microseconds, in buckets that are never wider than 1.6 % of what they hold (as HdrHistogram has them).</summary>
internal sealed class LatencyHistogram
{
    private const int Bits = 6;
    private const int PerOctave = 1 << Bits;

    private readonly long[] counts = new long[PerOctave * 40];

    public long Count { get; private set; }

    public long Highest { get; private set; }

    public void Record(long microseconds)
    {
        var value = Math.Max(0, microseconds);
        counts[Math.Min(BucketOf(value), counts.Length - 1)]++;
        Count++;
        Highest = Math.Max(Highest, value);
    }

    /// <summary>The latency in milliseconds that so many of a hundred did not exceed; zero when there are none.</summary>
    public double Percentile(double percent)
    {
        var wanted = (long)Math.Ceiling(Count * percent / 100);
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            wanted -= counts[bucket];
            if (wanted <= 0 && counts[bucket] > 0) return Math.Min(UpperEndOf(bucket), Highest) / 1000.0;
        }

        return Highest / 1000.0;
    }

    private static int BucketOf(long value)
    {
        if (value < PerOctave) return (int)value;
        var shift = BitOperations.Log2((ulong)value) - Bits;
        return ((shift + 1) << Bits) + (int)((value >> shift) & (PerOctave - 1));
    }

    private static long UpperEndOf(int bucket)
    {
        if (bucket < PerOctave) return bucket;
        var shift = (bucket >> Bits) - 1;
        return ((PerOctave + (bucket & (PerOctave - 1)) + 1L) << shift) - 1;
    }
}
