using System.Collections.Concurrent;
using System.Diagnostics;

namespace Loyalty.Benchmarks.Load;

/// <summary>Each connection sends requests of thousands of lines and reads the answers, a line each, while it is still sending.</summary>
internal static class LinesLoop
{
    // Lines are sent in slices of this many; the latency of a line counts from the moment its slice goes out.
    private const int Slice = 250;
    private const int LongestLine = 320;

    public static Task Run(LoadPlan plan, Tills tills, Tally tally, CancellationToken end)
    {
        var until = Stopwatch.GetTimestamp() + (long)(plan.Seconds * Stopwatch.Frequency);
        return Task.WhenAll(Enumerable.Range(0, plan.Connections).Select(_ => Stream(plan, tills, tally, until, end)));
    }

    private static async Task Stream(LoadPlan plan, Tills tills, Tally tally, long until, CancellationToken end)
    {
        var writer = new RequestWriter(plan, tills);
        var body = new byte[plan.LinesPerRequest * LongestLine];
        using var connection = await HttpConnection.Open(plan.Port, end);
        while (Stopwatch.GetTimestamp() < until && !(tally.Answers >= plan.MostLines))
        {
            var slices = new ConcurrentQueue<long>();
            try
            {
                var sending = Send(connection, writer, body, plan.LinesPerRequest, slices);
                var answered = await LineAnswers.Read(connection, tally, slices, Slice);
                if (answered.Status is < 200 or > 299) throw new IOException($"The request was answered {answered.Status}.");
                if (answered.Lines != plan.LinesPerRequest) throw new IOException($"Of {plan.LinesPerRequest} lines {answered.Lines} were answered.");
                await sending;
            }
            catch (Exception e) when (e is FormatException || HttpConnection.IsBroken(e))
            {
                tally.Answered(0, Stopwatch.GetTimestamp());
                tally.Fault = e.Message;
                return;
            }
        }
    }

    private static async Task Send(HttpConnection connection, RequestWriter writer, byte[] body, int lines, ConcurrentQueue<long> slices)
    {
        var length = 0;
        var ends = new List<int>();
        for (var line = 1; line <= lines; line++)
        {
            length += writer.WriteLine(body.AsSpan(length));
            if (line % Slice == 0 || line == lines) ends.Add(length);
        }

        await connection.Send(writer.HeadOfLines(length));
        var from = 0;
        foreach (var end in ends)
        {
            slices.Enqueue(Stopwatch.GetTimestamp());
            await connection.Send(body.AsMemory(from, end - from));
            from = end;
        }
    }
}
