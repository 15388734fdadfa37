using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Xunit;

namespace Loyalty.Testing;

/// <summary>
/// A server of this test process alone, run by a script of deploy/local in a folder under /var/tmp. It starts when it is first
/// needed. The script watches the test process and ends the server with it, so that nothing is left behind even by a crash.
/// </summary>
public abstract class PrivateServer : IAsyncLifetime
{
    private static readonly string Folders = $"/var/tmp/loyalty-tests-{Environment.UserName}";
    private static int count;

    private readonly SemaphoreSlim starting = new(1, 1);
    private readonly string script;
    private readonly string home;
    private readonly Dictionary<string, string> environment;
    private bool started;

    private protected PrivateServer(string script, IReadOnlyDictionary<string, string> ports)
    {
        this.script = script;
        home = Path.Combine(Folders, $"{Environment.ProcessId}-{Interlocked.Increment(ref count)}");
        environment = new Dictionary<string, string>(ports, StringComparer.Ordinal)
        {
            ["LOYALTY_HOME"] = home,
            ["LOYALTY_OWNER_PID"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            ["LOYALTY_POSTGRES_PASSWORD"] = Password,
            ["LOYALTY_RABBITMQ_PASSWORD"] = Password,
        };
    }

    private protected string Password { get; } = RandomNumberGenerator.GetHexString(24, lowercase: true);

    /// <summary>Starts the server; does nothing when it is up.</summary>
    public async Task Start()
    {
        await starting.WaitAsync();
        try
        {
            if (!started)
            {
                RemoveFoldersOfTheDead();
                await Run(script, ["start"]);
                started = true;
            }
        }
        finally
        {
            starting.Release();
        }
    }

    /// <summary>Stops the server in good order; its data stays.</summary>
    public Task Stop() => End("stop");

    /// <summary>Ends the server as a power cut would; its data stays.</summary>
    public Task Kill() => End("kill");

    /// <summary>Stops the server in good order and starts it again on the same ports.</summary>
    public async Task Restart()
    {
        await Stop();
        await Start();
    }

    /// <inheritdoc />
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (started)
        {
            await Kill();
        }

        if (Directory.Exists(home))
        {
            Directory.Delete(home, recursive: true);
        }

        starting.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected async Task Run(string name, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? more = null)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "deploy", "local", name), arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in more is null ? environment : environment.Concat(more))
        {
            start.Environment[key] = value;
        }

        using var process = Process.Start(start)!;
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{name} {string.Join(' ', arguments)} failed. {string.Concat(await said)}");
        }
    }

    private async Task End(string verb)
    {
        await Run(script, [verb]);
        started = false;
    }

    private static void RemoveFoldersOfTheDead()
    {
        Directory.CreateDirectory(Folders);
        foreach (var folder in Directory.GetDirectories(Folders))
        {
            var owner = Path.GetFileName(folder).Split('-')[0];
            if (!Directory.Exists($"/proc/{owner}"))
            {
                try
                {
                    Directory.Delete(folder, recursive: true);
                }
                catch (IOException)
                {
                    // Its own watcher, or another test process, is removing it at this moment.
                }
            }
        }
    }
}
