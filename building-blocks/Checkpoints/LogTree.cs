using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.Checkpoints;

/// <summary>An event as a leaf of the tree.</summary>
internal readonly record struct Leaf(long Sequence, byte[] Hash);

/// <summary>
/// The tree over the log. Complete subtrees of a page (256 events) and more are stored; the hashes within a page are made from its events
/// when a proof needs them, so a log of ten million events costs 80,000 rows.
/// </summary>
internal sealed class LogTree(NpgsqlDataSource database)
{
    public const int PageLevel = 8;
    public const int PageLeaves = 1 << PageLevel;

    /// <summary>How much of an event's hash is kept to name it by.</summary>
    public const int PrefixBytes = 4;

    private const int PagesAtOnce = 16;

    /// <summary>
    /// Hashes what stands in the log up to a sequence number, below which nothing can still appear, and stores what is complete.
    /// </summary>
    /// <returns>The size of the tree and the events after its last complete page.</returns>
    public async Task<(long Size, long LastSequence, IReadOnlyList<Leaf> Tail)> Grow(long upTo, CancellationToken ct)
    {
        var (pages, last) = await Stands(ct);
        var edge = await Edge(pages, ct);
        while (true)
        {
            var leaves = new List<Leaf>(PagesAtOnce * PageLeaves);
            await foreach (var leaf in Leaves(last, upTo, PagesAtOnce * PageLeaves, ct)) leaves.Add(leaf);
            var complete = leaves.Count / PageLeaves;
            if (complete > 0) await Store(edge, pages, leaves, complete, ct);
            pages += complete;
            last = complete > 0 ? leaves[complete * PageLeaves - 1].Sequence : last;
            if (leaves.Count < PagesAtOnce * PageLeaves)
            {
                var tail = leaves[(complete * PageLeaves)..];
                return (pages * PageLeaves + tail.Count, tail.Count > 0 ? tail[^1].Sequence : last, tail);
            }
        }
    }

    /// <summary>The hash of a stored subtree; null when it is not complete yet.</summary>
    public async Task<byte[]?> Stored(Subtree subtree, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select hash from merkle_nodes where level = $1 and index = $2");
        command.Parameters.Add(new() { Value = (short)subtree.Level });
        command.Parameters.Add(new() { Value = subtree.Index });
        return (byte[]?)await command.ExecuteScalarAsync(ct);
    }

    /// <summary>The leaf hashes of a page, as many as there are.</summary>
    public async Task<IReadOnlyList<byte[]>> Page(long page, CancellationToken ct)
    {
        var hashes = new List<byte[]>(PageLeaves);
        await foreach (var leaf in Leaves(await EndOf(page - 1, ct), long.MaxValue, PageLeaves, ct)) hashes.Add(leaf.Hash);
        return hashes;
    }

    /// <summary>The text of an event and its place among all leaves; null when there is no such event.</summary>
    public async Task<(string Text, long Index)?> Find(long sequence, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            $"""
            with page as (
                select coalesce(max(index), -1) + 1 as index, coalesce(max(last_sequence), 0) as starts_after
                from merkle_nodes where level = {PageLevel} and last_sequence < $1
            )
            select {LeafText.Sql}, page.index * {PageLeaves} + (select count(*) from mt_events b where b.seq_id > page.starts_after and b.seq_id < $1)
            from page, mt_events e left join event_origins o on o.seq_id = e.seq_id where e.seq_id = $1
            """);
        command.Parameters.Add(new() { Value = sequence });
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? (row.GetString(0), row.GetInt64(1)) : null;
    }

    /// <summary>The beginnings of leaf hashes, one after the other.</summary>
    public static byte[] Prefixes(IEnumerable<Leaf> leaves) => [.. leaves.SelectMany(l => l.Hash.Take(PrefixBytes))];

    private async IAsyncEnumerable<Leaf> Leaves(long after, long upTo, int limit, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            $"""
            select e.seq_id, {LeafText.Sql} from mt_events e left join event_origins o on o.seq_id = e.seq_id and o.seq_id > $1 and o.seq_id <= $2
            where e.seq_id > $1 and e.seq_id <= $2 order by e.seq_id limit $3
            """);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = upTo });
        command.Parameters.Add(new() { Value = limit });
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) yield return new(row.GetInt64(0), MerkleTree.LeafHash(row.GetFieldValue<byte[]>(1)));
    }

    private async Task<(long Pages, long LastSequence)> Stands(CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            $"select index + 1, last_sequence from merkle_nodes where level = {PageLevel} order by index desc limit 1");
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? (row.GetInt64(0), row.GetInt64(1)) : (0, 0);
    }

    private async Task<long> EndOf(long page, CancellationToken ct)
    {
        if (page < 0) return 0;
        await using var command = database.CreateCommand($"select last_sequence from merkle_nodes where level = {PageLevel} and index = $1");
        command.Parameters.Add(new() { Value = page });
        return await command.ExecuteScalarAsync(ct) as long? ?? throw LogDiffers.Problem();
    }

    private async Task<GrowingEdge> Edge(long pages, CancellationToken ct)
    {
        var edge = new GrowingEdge(PageLevel);
        foreach (var subtree in MerkleTree.SubtreesOf(new(0, pages * PageLeaves)))
            edge.Restore(subtree, await Stored(subtree, ct) ?? throw LogDiffers.Problem());
        return edge;
    }

    private async Task Store(GrowingEdge edge, long pages, List<Leaf> leaves, int complete, CancellationToken ct)
    {
        var rows = new List<(Subtree Subtree, byte[] Hash, long Last, byte[]? Prefixes)>();
        for (var page = 0; page < complete; page++)
        {
            var own = leaves.GetRange(page * PageLeaves, PageLeaves);
            var hash = PageHash([.. own.Select(l => l.Hash)]);
            foreach (var (subtree, node) in edge.Add(pages + page, hash))
                rows.Add((subtree, node, own[^1].Sequence, subtree.Level == PageLevel ? Prefixes(own) : null));
        }

        // A statement is a transaction: other replicas see a page with all that it completes, or not at all.
        await using var command = database.CreateCommand(
            """
            insert into merkle_nodes (level, index, hash, last_sequence, leaf_prefixes)
            select * from unnest($1, $2, $3, $4, $5) on conflict do nothing
            """);
        command.Parameters.Add(new() { Value = rows.Select(r => (short)r.Subtree.Level).ToArray() });
        command.Parameters.Add(new() { Value = rows.Select(r => r.Subtree.Index).ToArray() });
        command.Parameters.Add(new() { Value = rows.Select(r => r.Hash).ToArray() });
        command.Parameters.Add(new() { Value = rows.Select(r => r.Last).ToArray() });
        command.Parameters.Add(new() { Value = rows.Select(r => r.Prefixes).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static byte[] PageHash(byte[][] hashes)
    {
        var level = hashes;
        while (level.Length > 1)
        {
            var above = new byte[level.Length / 2][];
            for (var i = 0; i < above.Length; i++) above[i] = MerkleTree.NodeHash(level[2 * i], level[2 * i + 1]);
            level = above;
        }

        return level[0];
    }
}
