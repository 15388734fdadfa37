using System.Diagnostics;
using System.Text.Json;

namespace Loyalty.Benchmarks.Load;

/// <summary>The benchmark's end of the load generator's process.</summary>
internal sealed class LoadGenerator : IAsyncDisposable
{
    private readonly Process process;

    private LoadGenerator(Process process) => this.process = process;

    /// <param name="mode">The mode of this program that reads the plans.</param>
    /// <param name="settings">Its environment.</param>
    public static LoadGenerator Start(string mode = "load", params (string Key, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(LoadGenerator).Assembly.Location, mode])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // One thread polls all sockets and handles what it finds there and then: half the processor time of the usual way.
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = "1";
        foreach (var (key, value) in settings) start.Environment[key] = value;
        return new LoadGenerator(Process.Start(start)!);
    }

    public async Task<LoadResult> Run(LoadPlan plan)
    {
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(plan, Generator.Json));
        await process.StandardInput.FlushAsync();
        var answer = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(plan.Seconds + 60));
        return answer is null
            ? throw new InvalidOperationException("The load generator has ended.")
            : JsonSerializer.Deserialize<LoadResult>(answer, Generator.Json)!;
    }

    public async ValueTask DisposeAsync()
    {
        // It ends with its input.
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }

        process.Dispose();
    }
}
