using System.Globalization;
using System.Threading.Channels;

namespace Loyalty.Journeys.Tests;

/// <summary>
/// A client's own record of what it was answered. A posting counts as acknowledged once its line is on the disk; those that wait
/// share one flush.
/// </summary>
internal sealed class Journal : IAsyncDisposable
{
    private readonly Channel<(string Line, TaskCompletionSource Written)> waiting = Channel.CreateUnbounded<(string, TaskCompletionSource)>();
    private readonly Task writing;
    private int count;

    public Journal() => writing = Task.Run(Write);

    public string Path { get; } = System.IO.Path.GetTempFileName();

    /// <summary>How many are on the disk.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>Returns when it is on the disk.</summary>
    public Task Record(string id, long points)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.Writer.TryWrite((string.Create(CultureInfo.InvariantCulture, $"{id} {points}\n"), written));
        return written.Task;
    }

    /// <summary>Everything that is on the disk: what was acknowledged, with the points that were answered.</summary>
    public static IReadOnlyList<(string Id, long Points)> Read(string path) =>
        [.. File.ReadLines(path).Select(line => line.Split(' ')).Select(parts => (parts[0], long.Parse(parts[1], CultureInfo.InvariantCulture)))];

    public async ValueTask DisposeAsync()
    {
        waiting.Writer.Complete();
        await writing;
        File.Delete(Path);
    }

    private async Task Write()
    {
        await using var file = new FileStream(Path, FileMode.Append);
        var together = new List<TaskCompletionSource>();
        while (await waiting.Reader.WaitToReadAsync())
        {
            together.Clear();
            while (waiting.Reader.TryRead(out var next))
            {
                file.Write(System.Text.Encoding.ASCII.GetBytes(next.Line));
                together.Add(next.Written);
            }

            file.Flush(flushToDisk: true);
            Interlocked.Add(ref count, together.Count);
            together.ForEach(written => written.SetResult());
        }
    }
}
