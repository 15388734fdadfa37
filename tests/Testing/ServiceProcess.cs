using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Loyalty.Testing;

/// <summary>A built service, run as the process it is in production.</summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly Process program;
    private readonly StringBuilder output;

    private ServiceProcess(Process process, StringBuilder log, Uri url)
    {
        program = process;
        output = log;
        Url = url;
        Client = new HttpClient { BaseAddress = url };
    }

    /// <summary>Its process.</summary>
    public int Id => program.Id;

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>A client of it.</summary>
    public HttpClient Client { get; }

    /// <summary>What it has written so far.</summary>
    public string Log
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    /// <summary>Runs a service's migrations to their end.</summary>
    public static async Task Migrate(string service, IReadOnlyDictionary<string, string> settings)
    {
        var log = new StringBuilder();
        using var process = Launch(Repository.Program(service), ["migrate"], settings, log);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{service} migrate failed.\n{log}");
        }
    }

    /// <summary>Starts a service and returns when it is ready; on a free port, or on the one given.</summary>
    /// <param name="service">Folder of the service, such as <c>PointsLedger</c>.</param>
    /// <param name="settings">Its environment, such as <c>ConnectionStrings__Database</c>.</param>
    /// <param name="port">Where a service that was ended had listened, to come back there.</param>
    public static Task<ServiceProcess> Start(string service, IReadOnlyDictionary<string, string> settings, int? port = null) =>
        StartProgram(Repository.Program(service), [], settings, port);

    /// <summary>The same for any program that takes <c>--urls</c> and answers at <c>/health/ready</c>.</summary>
    /// <param name="path">The built program.</param>
    /// <param name="arguments">What it is told first.</param>
    /// <param name="settings">Its environment.</param>
    /// <param name="port">Where it is to listen, if not on a free port.</param>
    public static async Task<ServiceProcess> StartProgram(
        string path, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> settings, int? port = null)
    {
        var url = new Uri($"http://127.0.0.1:{FreePorts.Text(port ?? FreePorts.Take())}");
        var log = new StringBuilder();
        var started = new ServiceProcess(Launch(path, [.. arguments, "--urls", url.ToString()], settings, log), log, url);
        try
        {
            await started.BecomesReady();
            return started;
        }
        catch (Exception failure)
        {
            await started.DisposeAsync();
            throw new InvalidOperationException($"{Path.GetFileNameWithoutExtension(path)} did not become ready.\n{started.Log}", failure);
        }
    }

    /// <summary>Asks it to stop and waits until it has.</summary>
    public Task Stop() => End("TERM");

    /// <summary>Ends it at once, as a crash would.</summary>
    public Task Kill() => End("KILL");

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Kill();
        Client.Dispose();
        program.Dispose();
    }

    private async Task BecomesReady()
    {
        await Eventually.Holds(
            async () =>
            {
                if (!program.HasExited)
                {
                    using var answer = await Client.GetAsync(new Uri("/health/ready", UriKind.Relative));
                    answer.EnsureSuccessStatusCode();
                }
            },
            StartLimit);
        if (program.HasExited)
        {
            throw new InvalidOperationException("It ended.");
        }
    }

    private async Task End(string signal)
    {
        if (program.HasExited)
        {
            return;
        }

        using (var kill = Process.Start("kill", ["-s", signal, program.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        using var limit = new CancellationTokenSource(StopLimit);
        await program.WaitForExitAsync(limit.Token);
    }

    private static Process Launch(
        string path, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> settings, StringBuilder log)
    {
        var start = new ProcessStartInfo("dotnet", [path, .. arguments])
        {
            WorkingDirectory = Path.GetDirectoryName(path)!,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in settings)
        {
            start.Environment[key] = value;
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        EndWithThisProcess(process.Id);
        return process;

        void Keep(object sender, DataReceivedEventArgs line)
        {
            lock (log)
            {
                log.AppendLine(line.Data);
            }
        }
    }

    // A crashed test process cannot dispose of what it started, so somebody outside watches both.
    private static void EndWithThisProcess(int service)
    {
        const string Watch = "while kill -0 $2; do kill -0 $1 || kill -KILL $2; sleep 1; done";
        var watcher = new ProcessStartInfo("setsid", ["--fork", "sh", "-c", $"({Watch}) >/dev/null 2>&1", "watcher", Id(Environment.ProcessId), Id(service)]);
        using var started = Process.Start(watcher);

        static string Id(int process) => process.ToString(CultureInfo.InvariantCulture);
    }
}
