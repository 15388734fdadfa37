using System.Diagnostics;

namespace Loyalty.Benchmarks.Report;

/// <summary>Says on standard error what is going on, so that standard output is the table alone.</summary>
internal static class Progress
{
    private static readonly long Began = Stopwatch.GetTimestamp();

    public static void Say(string what) =>
        Console.Error.WriteLine(FormattableString.Invariant($"{Stopwatch.GetElapsedTime(Began).TotalSeconds,6:N0} s {what}"));
}
