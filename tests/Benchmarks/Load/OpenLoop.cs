using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Loyalty.Benchmarks.Load;

/// <summary>
/// Requests fall due by a fixed schedule, whether or not earlier ones have been answered, and each latency counts from the moment
/// its request was due: a service that stalls is charged for everybody who would have waited (no coordinated omission).
/// </summary>
internal static partial class OpenLoop
{
    private const long LongestNap = 200_000;

    public static async Task Run(LoadPlan plan, Tills tills, Tally tally, CancellationToken end)
    {
        var due = Channel.CreateUnbounded<long>(new UnboundedChannelOptions { SingleWriter = true });
        // Tills are connected before they sell anything: opening hundreds of connections is no part of a posting.
        var connections = await Task.WhenAll(Enumerable.Range(0, plan.Connections).Select(_ => HttpConnection.Open(plan.Port, end)));
        var asking = connections.Select(connection => Ask(plan, tills, tally, connection, due.Reader)).ToList();
        // A thread of its own, so that a busy thread pool does not shift the schedule.
        var clock = new Thread(() => Schedule(plan, due.Writer)) { IsBackground = true };
        clock.Start();
        await Task.WhenAll(asking);
    }

    private static void Schedule(LoadPlan plan, ChannelWriter<long> due)
    {
        var began = Stopwatch.GetTimestamp();
        var count = (long)(plan.Seconds * plan.Rate!.Value);
        var ticksEach = Stopwatch.Frequency / plan.Rate.Value;
        for (var sent = 0L; sent < count;)
        {
            var now = Stopwatch.GetTimestamp();
            for (; sent < count && began + (long)(sent * ticksEach) <= now; sent++)
                due.TryWrite(began + (long)(sent * ticksEach));
            var nap = new TimeSpec { Nanoseconds = LongestNap };
            _ = Sleep(in nap, IntPtr.Zero);
        }

        due.Complete();
    }

    private static async Task Ask(LoadPlan plan, Tills tills, Tally tally, HttpConnection opened, ChannelReader<long> due)
    {
        var writer = new RequestWriter(plan, tills);
        using var connection = opened;
        await foreach (var dueAt in due.ReadAllAsync())
        {
            try
            {
                tally.Answered(await connection.Exchange(writer.Next()), dueAt);
            }
            catch (Exception e) when (HttpConnection.IsBroken(e))
            {
                tally.Answered(0, dueAt);
                tally.Fault = e.Message;
                return;
            }
        }
    }

    // .NET's own timers are a millisecond coarse, which is as much as an answer takes.
    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int Sleep(in TimeSpec wanted, IntPtr remaining);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
