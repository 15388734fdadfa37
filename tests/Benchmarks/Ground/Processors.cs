using System.Globalization;
using Npgsql;

namespace Loyalty.Benchmarks.Ground;

/// <summary>Processor time used so far, in seconds.</summary>
/// <param name="Service">The measured service's.</param>
/// <param name="Postgres">PostgreSQL's.</param>
/// <param name="Machine">The whole machine's, whoever used it.</param>
internal sealed record ProcessorTime(double Service, double Postgres, double Machine)
{
    public static ProcessorTime operator -(ProcessorTime a, ProcessorTime b) => new(a.Service - b.Service, a.Postgres - b.Postgres, a.Machine - b.Machine);
}

/// <summary>Reads processor time and memory from /proc.</summary>
internal sealed class Processors
{
    private const double TicksPerSecond = 100;

    private readonly int postmaster;

    private Processors(int postmaster) => this.postmaster = postmaster;

    public static async Task<Processors> Of(string administrator)
    {
        await using var connection = new NpgsqlConnection(administrator);
        await connection.OpenAsync();
        return new Processors(Stat(connection.ProcessID) is { } backend ? backend.Parent : 0);
    }

    /// <param name="service">The process of the measured service, if there is one.</param>
    public ProcessorTime Now(int? service)
    {
        var postgres = Stat(postmaster) is { } server ? server.Own + server.Children : 0;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Stat(id) is { } stat && stat.Parent == postmaster)
                postgres += stat.Own + stat.Children;
        }

        return new(service is { } pid ? Stat(pid)?.Own ?? 0 : 0, postgres, Busy());
    }

    /// <summary>Processor time of the processes that this one had started and that have ended.</summary>
    public static double OfEndedChildren() => Stat(Environment.ProcessId)?.Children ?? 0;

    /// <summary>Resident memory in megabytes (VmRSS).</summary>
    public static double ResidentMegabytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    private static double Busy()
    {
        var all = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9]
            .Select(t => double.Parse(t, CultureInfo.InvariantCulture)).ToArray();
        // The fourth and the fifth are idle and waiting.
        return (all.Sum() - all[3] - all[4]) / TicksPerSecond;
    }

    // Processor time of a process and of its children that have ended.
    private static (int Parent, double Own, double Children)? Stat(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            // The name may hold anything, so counting begins behind it.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), Seconds(11) + Seconds(12), Seconds(13) + Seconds(14));

            double Seconds(int field) => double.Parse(fields[field], CultureInfo.InvariantCulture) / TicksPerSecond;
        }
        catch (IOException)
        {
            // It has ended in this moment.
            return null;
        }
    }
}
