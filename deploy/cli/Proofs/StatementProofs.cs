using System.Globalization;
using Loyalty.Cli.Api;

namespace Loyalty.Cli.Proofs;

/// <summary>What was saved.</summary>
/// <param name="Events">How many facts stand behind the statement's lines.</param>
/// <param name="Checkpoint">The size of the checkpoint that covers them.</param>
/// <param name="Kept">How many other checkpoints were kept before.</param>
internal sealed record GatheredProofs(string Folder, string Code, string Cycle, int Lines, int Events, long Checkpoint, int Kept);

/// <summary>
/// Saves answers of CoalitionPartners as they came, for the verifier to judge: what is wrong in them is for it to say, so nothing is
/// looked into that isn't needed to ask for the next.
/// </summary>
/// <param name="kept">Where the partner keeps its evidence.</param>
internal sealed class StatementProofs(ServiceClient service, string kept)
{
    private const int SideBySide = 4;

    // The closing of a cycle asks for a checkpoint, which is made within moments.
    private static readonly TimeSpan CoveredWithin = TimeSpan.FromSeconds(15);

    public async Task<GatheredProofs> Gather(string cycle, string? partner, CancellationToken ct)
    {
        var figures = (await service.Get($"v1/clearing/cycles/{Uri.EscapeDataString(cycle)}", ct)).Read<CycleFigures>();
        if (figures.Preliminary)
            throw new StoppedException($"Cycle {cycle} is not closed, so its statements may still change. Gather their proofs once it is.");
        var position = PositionOf(figures, partner);
        var statements = $"v1/clearing/cycles/{Uri.EscapeDataString(cycle)}/statements/{position.Partner}";
        var folder = Path.Combine(kept, Name($"{position.Code}-{figures.Cycle.CycleId}"));
        Directory.CreateDirectory(folder);

        var statement = await SaveStatement(statements, folder, ct);
        var checkpoint = await Covering(figures.ThroughSequence, ct);
        await Save(".well-known/checkpoint-keys.json", folder, "keys", ct);
        var newest = await Ask(FormattableString.Invariant($"v1/checkpoints/{checkpoint}"), ct);
        var events = new SortedSet<long>();
        for (var line = 0; line < statement.Lines.Count; line++)
            events.UnionWith(await SavePostings($"{statements}/lines/{Uri.EscapeDataString(statement.Lines[line].LineId)}/postings", folder, line + 1, ct));
        await Parallel.ForEachAsync(events, new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct }, async (n, token) =>
            await Save(FormattableString.Invariant($"v1/checkpoints/{checkpoint}/inclusion?sequence={n}"), folder, Numbered("event", n), token));
        var earlier = await KeptCheckpoints.PutBeside(newest.Body, checkpoint, kept, folder, ct);
        foreach (var size in earlier.Where(s => s < checkpoint).Distinct())
            await Save(FormattableString.Invariant($"v1/checkpoints/{checkpoint}/consistency?from={size}"), folder, Numbered("consistency", size), ct);
        return new(folder, position.Code, figures.Cycle.CycleId, statement.Lines.Count, events.Count, checkpoint, earlier.Count);
    }

    private static CyclePosition PositionOf(CycleFigures figures, string? partner)
    {
        var all = figures.Currencies.SelectMany(c => c.Positions).ToList();
        var found = all.Where(p => partner is null || p.Code == partner).ToList();
        return found switch
        {
            [var one] => one,
            [] => throw new StoppedException($"Cycle {figures.Cycle.CycleId} has no statement {(partner is null ? "that you may see" : $"of a partner '{partner}' that you may see")}."),
            _ => throw new StoppedException($"Say whose statement it is: --partner {string.Join('|', all.Select(p => p.Code))}"),
        };
    }

    private async Task<long> Covering(long sequence, CancellationToken ct)
    {
        var newest = await Eventually.Settles(
            async () => (await service.Get("v1/checkpoints?limit=1", ct)).Read<Checkpoints>().Items.FirstOrDefault(), c => c?.LastSequence >= sequence, CoveredWithin, ct);
        return newest?.LastSequence >= sequence
            ? newest.Size
            : throw new StoppedException("No checkpoint covers the closing of the cycle yet. Gather the proofs again in a moment; if that goes on, ask the operator to make one.");
    }

    private async Task<IEnumerable<long>> SavePostings(string address, string folder, int line, CancellationToken ct)
    {
        var events = new HashSet<long>();
        var page = 0;
        for (string? cursor = ""; cursor is not null;)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"postings-{line}-{++page}");
            var postings = (await Save($"{address}?limit=200{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}", folder, name, ct)).Read<Postings>();
            events.UnionWith(postings.Items.Select(p => p.Sequence));
            cursor = postings.Next;
        }

        return events;
    }

    private async Task<Statement> SaveStatement(string address, string folder, CancellationToken ct)
    {
        var (path, reply) = (Path.Combine(folder, "statement.json"), await Ask(address, ct));
        if (File.Exists(path) && !(await File.ReadAllBytesAsync(path, ct)).AsSpan().SequenceEqual(reply.Body))
            throw new StoppedException($"{path} was saved before and is not what the service answers now. Keep it, and gather the proofs into another folder.");
        await File.WriteAllBytesAsync(path, reply.Body, ct);
        return reply.Read<Statement>();
    }

    private async Task<Reply> Save(string address, string folder, string name, CancellationToken ct)
    {
        var reply = await Ask(address, ct);
        await File.WriteAllBytesAsync(Path.Combine(folder, name + ".json"), reply.Body, ct);
        return reply;
    }

    private async Task<Reply> Ask(string address, CancellationToken ct)
    {
        var reply = await service.Get(address, ct);
        return reply.Accepted ? reply : throw new StoppedException(reply.ToString());
    }

    // The service is not trusted with where files go.
    private static string Name(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        ? name
        : throw new StoppedException($"The service names the statement '{name}', which is no name for a folder. Nothing was saved.");

    private static string Numbered(string name, long number) => string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");

    private sealed record Checkpoints(IReadOnlyList<Checkpoint> Items);

    private sealed record Checkpoint(long Size, long LastSequence);

    private sealed record Postings(IReadOnlyList<Posting> Items, string? Next);

    private sealed record Posting(long Sequence);
}
