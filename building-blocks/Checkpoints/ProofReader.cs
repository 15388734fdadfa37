namespace Loyalty.Checkpoints;

/// <summary>Reads the nodes of proofs. One for each request: it keeps the leaf hashes of the few pages that it has read.</summary>
internal sealed class ProofReader(LogTree tree)
{
    private readonly Dictionary<long, IReadOnlyList<byte[]>> pages = [];

    /// <summary>The root of the tree when it had this size.</summary>
    public Task<byte[]> Root(long size, CancellationToken ct) => Hash(new LeafRange(0, size), ct);

    /// <summary>The hashes of a proof's nodes, in their order.</summary>
    public async Task<IReadOnlyList<byte[]>> Hashes(IReadOnlyList<LeafRange> nodes, CancellationToken ct)
    {
        var hashes = new List<byte[]>(nodes.Count);
        foreach (var node in nodes) hashes.Add(await Hash(node, ct));
        return hashes;
    }

    private async Task<byte[]> Hash(LeafRange range, CancellationToken ct)
    {
        var hashes = new List<byte[]>();
        foreach (var subtree in MerkleTree.SubtreesOf(range)) hashes.Add(await Hash(subtree, ct));
        return MerkleTree.Join(hashes);
    }

    private async Task<byte[]> Hash(Subtree subtree, CancellationToken ct)
    {
        if (subtree.Level >= LogTree.PageLevel) return await tree.Stored(subtree, ct) ?? throw LogDiffers.Problem();
        var (first, count) = (subtree.Index << subtree.Level, 1 << subtree.Level);
        var page = await Page(first / LogTree.PageLeaves, ct);
        var offset = (int)(first % LogTree.PageLeaves);
        // Fewer events than were hashed: somebody has taken some away.
        if (page.Count < offset + count) throw LogDiffers.Problem();
        var level = page.Skip(offset).Take(count).ToList();
        while (level.Count > 1) level = [.. level.Chunk(2).Select(pair => MerkleTree.NodeHash(pair[0], pair[1]))];
        return level[0];
    }

    private async Task<IReadOnlyList<byte[]>> Page(long page, CancellationToken ct) =>
        pages.TryGetValue(page, out var known) ? known : pages[page] = await tree.Page(page, ct);
}
