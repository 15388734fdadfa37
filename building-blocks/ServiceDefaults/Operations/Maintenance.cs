using System.Diagnostics;
using System.Globalization;
using Loyalty.EventStore;
using Loyalty.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Loyalty.ServiceDefaults;

/// <summary>What an operator may have a service's program do beside the running service, with the service's own rights.</summary>
internal static class Maintenance
{
    /// <summary>
    /// <c>rebuild</c>: folds every projection anew from the first event while the old one keeps serving, compares, and swaps; then folds
    /// every stream and puts right the snapshots that differ. Exit code 1 when anything was different, which can only mean that
    /// somebody had changed it.
    /// </summary>
    public static async Task Rebuild(IServiceProvider services, CancellationToken ct)
    {
        var rebuild = services.GetRequiredService<ProjectionRebuild>();
        foreach (var projection in services.GetServices<IProjection>())
        {
            var result = await rebuild.Run(projection, ct);
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{projection.Name}: rebuilt up to event {result.Events}; rows that were different before: {result.DifferentRows}"));
            if (result.DifferentRows > 0)
                Environment.ExitCode = 1;
        }

        var watch = Stopwatch.StartNew();
        foreach (var (kind, result) in await services.GetRequiredService<DocumentStore>().RebuildSnapshots(ct))
        {
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{kind}: {result.Streams} streams folded from {result.Events} events ({watch.Elapsed.TotalSeconds:0.0} s); snapshots that were different before: {result.Different}"));
            if (result.Different > 0)
                Environment.ExitCode = 1;
        }
    }

    /// <summary>
    /// <c>replay</c>: sets the relay back, so that the running service publishes its whole log again under the same message ids.
    /// Consumers that have seen an event do nothing; one whose queue was lost gets what it missed.
    /// </summary>
    public static async Task Republish(IServiceProvider services, CancellationToken ct)
    {
        await Replay.From(services.GetRequiredService<NpgsqlDataSource>(), ct: ct);
        await Console.Out.WriteLineAsync("The whole log is published again, from the first event.");
    }
}
