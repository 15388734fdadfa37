using System.Diagnostics;

namespace Loyalty.Benchmarks.Load;

/// <summary>Each connection asks again as soon as it has its answer: what a service can do at most.</summary>
internal static class ClosedLoop
{
    public static Task Run(LoadPlan plan, Tills tills, Tally tally, CancellationToken end)
    {
        var until = Stopwatch.GetTimestamp() + (long)(plan.Seconds * Stopwatch.Frequency);
        return Task.WhenAll(Enumerable.Range(0, plan.Connections).Select(_ => Ask(plan, tills, tally, until, end)));
    }

    private static async Task Ask(LoadPlan plan, Tills tills, Tally tally, long until, CancellationToken end)
    {
        var writer = new RequestWriter(plan, tills);
        using var connection = await HttpConnection.Open(plan.Port, end);
        while (Stopwatch.GetTimestamp() < until)
        {
            var request = writer.Next();
            var sentAt = Stopwatch.GetTimestamp();
            try
            {
                tally.Answered(await connection.Exchange(request), sentAt);
            }
            catch (Exception e) when (HttpConnection.IsBroken(e))
            {
                tally.Answered(0, sentAt);
                tally.Fault = e.Message;
                return;
            }
        }
    }
}
