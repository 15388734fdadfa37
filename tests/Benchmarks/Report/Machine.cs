using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;

namespace Loyalty.Benchmarks.Report;

/// <summary>What the figures were taken on.</summary>
internal sealed record Machine(
    DateTimeOffset Date, int Cores, string Processor, double MemoryGigabytes, string System, string Dotnet, string Postgres,
    IReadOnlyDictionary<string, string> Durability, double LoadBefore)
{
    private static readonly string[] Settings = ["fsync", "full_page_writes", "synchronous_commit", "shared_buffers", "max_wal_size"];

    public static async Task<Machine> Look(string administrator)
    {
        await using var database = NpgsqlDataSource.Create(administrator);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in Settings) settings[name] = await Setting(database, name);
        return new Machine(
            DateTimeOffset.UtcNow, Environment.ProcessorCount, Field("/proc/cpuinfo", "model name"), Math.Round(double.Parse(
                Field("/proc/meminfo", "MemTotal").Split(' ')[0], CultureInfo.InvariantCulture) / 1024 / 1024, 1),
            RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription, await Setting(database, "server_version"), settings,
            double.Parse((await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0], CultureInfo.InvariantCulture));
    }

    private static async Task<string> Setting(NpgsqlDataSource database, string name)
    {
        await using var query = database.CreateCommand($"show {name}");
        return (string)(await query.ExecuteScalarAsync())!;
    }

    private static string Field(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown";
}
