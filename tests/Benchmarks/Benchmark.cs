using Loyalty.Benchmarks.Contenders;
using Loyalty.Benchmarks.Ground;
using Loyalty.Benchmarks.Load;
using Loyalty.Benchmarks.Report;

namespace Loyalty.Benchmarks;

/// <summary>The program: the benchmark itself, and the processes it is made of, each of them a mode of it.</summary>
internal static class Benchmark
{
    public static Task<int> Main(string[] args) => args switch
    {
        ["load"] => Generator.Serve(),
        ["post-in-process"] => InProcessPostings.Serve(),
        ["serve-empty", .. var rest] => EmptyEndpoint.Run(rest),
        ["serve-npgsql", .. var rest] => NpgsqlService.Run(rest),
        ["serve-ef", .. var rest] => EntityFrameworkService.Run(rest),
        _ when Options.Read(args) is { } options => Run(options),
        _ => Misunderstood(),
    };

    private static async Task<int> Run(Options options)
    {
        Progress.Say("starting PostgreSQL and RabbitMQ, seeding accounts");
        await using var site = await Site.Prepare(options);
        var machine = await Machine.Look(site.HandDatabase.Administrator);
        var results = await Scenario.Run(site, machine);
        Console.Write(Table.Of(results));
        if (options.Json is { } file) await ResultFile.Write(file, results);
        return results.Differences.Count == 0 ? 0 : 1;
    }

    private static Task<int> Misunderstood()
    {
        Console.Error.WriteLine("usage: ./loyalty bench [--quick] [--long] [--json FILE] [--only KEY,KEY...]");
        return Task.FromResult(1);
    }
}
