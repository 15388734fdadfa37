using System.Numerics;
using System.Security.Cryptography;

namespace Loyalty.Checkpoints;

/// <summary>Some leaves that stand side by side: those of one node of a tree.</summary>
/// <param name="First">Index of the first one.</param>
/// <param name="Count">How many.</param>
public sealed record LeafRange(long First, long Count);

/// <summary>A complete subtree: 2 to the power of its level leaves, the first at index times as many.</summary>
/// <param name="Level">0 is a single leaf.</param>
/// <param name="Index">Its place among the subtrees of its level.</param>
public sealed record Subtree(int Level, long Index);

/// <summary>
/// The Merkle tree of RFC 6962: its hashes, and which nodes its proofs consist of. What the nodes hash to is asked elsewhere, so nothing
/// here reads a log.
/// </summary>
public static class MerkleTree
{
    /// <summary>The root over no leaves.</summary>
    public static byte[] EmptyRoot => SHA256.HashData([]);

    /// <summary>The hash of a leaf.</summary>
    public static byte[] LeafHash(ReadOnlySpan<byte> leaf)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData([0x00]);
        sha.AppendData(leaf);
        return sha.GetHashAndReset();
    }

    /// <summary>The hash of a node over its two sides.</summary>
    public static byte[] NodeHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> node = stackalloc byte[1 + 2 * SHA256.HashSizeInBytes];
        node[0] = 0x01;
        left.CopyTo(node[1..]);
        right.CopyTo(node[(1 + SHA256.HashSizeInBytes)..]);
        return SHA256.HashData(node);
    }

    /// <summary>The nodes that lead from a leaf to the root of a tree of this size, the nearest to the leaf first.</summary>
    public static IReadOnlyList<LeafRange> InclusionPath(long index, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var path = new List<LeafRange>();
        var (first, count) = (0L, size);
        while (count > 1)
        {
            var left = LargestPowerBelow(count);
            path.Add(index < first + left ? new(first + left, count - left) : new(first, left));
            (first, count) = index < first + left ? (first, left) : (first + left, count - left);
        }

        path.Reverse();
        return path;
    }

    /// <summary>The nodes that show that a tree of one size begins with the leaves of a smaller one, in the order of the RFC.</summary>
    public static IReadOnlyList<LeafRange> ConsistencyPath(long from, long to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from, to);
        var path = new List<LeafRange>();
        var (first, count, known) = (0L, to, true);
        while (first + count > from)
        {
            var left = LargestPowerBelow(count);
            var goesLeft = from <= first + left;
            path.Add(goesLeft ? new(first + left, count - left) : new(first, left));
            (first, count) = goesLeft ? (first, left) : (first + left, count - left);
            known &= goesLeft;
        }

        // The node at which the smaller tree ends: whoever checks has it only where it is that tree's root.
        if (!known) path.Add(new(first, count));
        path.Reverse();
        return path;
    }

    /// <summary>The complete subtrees that a node's leaves consist of, from left to right.</summary>
    public static IReadOnlyList<Subtree> SubtreesOf(LeafRange range)
    {
        var subtrees = new List<Subtree>();
        var (first, count) = (range.First, range.Count);
        while (count > 0)
        {
            var level = BitOperations.Log2((ulong)count);
            subtrees.Add(new(level, first >> level));
            first += 1L << level;
            count -= 1L << level;
        }

        return subtrees;
    }

    /// <summary>The hash of a node out of those of its complete subtrees; of none: the root over no leaves.</summary>
    public static byte[] Join(IReadOnlyList<byte[]> subtrees)
    {
        if (subtrees.Count == 0) return EmptyRoot;
        var joined = subtrees[^1];
        for (var i = subtrees.Count - 2; i >= 0; i--) joined = NodeHash(subtrees[i], joined);
        return joined;
    }

    private static long LargestPowerBelow(long count) => 1L << BitOperations.Log2((ulong)(count - 1));
}

/// <summary>The right edge of a tree that grows by complete subtrees of one level: the roots that still wait for a neighbour.</summary>
/// <param name="level">The level of what is added.</param>
internal sealed class GrowingEdge(int level)
{
    private readonly List<(Subtree Subtree, byte[] Hash)> waiting = [];

    /// <summary>The roots that wait, from left to right: all that is needed of the tree.</summary>
    public IReadOnlyList<byte[]> Waiting => [.. waiting.Select(w => w.Hash)];

    /// <summary>Puts back what a tree had come to.</summary>
    public void Restore(Subtree subtree, byte[] hash) => waiting.Add((subtree, hash));

    /// <summary>Adds the next subtree; every subtree that is complete now, itself the first.</summary>
    public IReadOnlyList<(Subtree Subtree, byte[] Hash)> Add(long index, byte[] hash)
    {
        var complete = new List<(Subtree Subtree, byte[] Hash)> { (new(level, index), hash) };
        while (waiting.Count > 0 && waiting[^1].Subtree.Level == complete[^1].Subtree.Level)
        {
            var (left, right) = (waiting[^1], complete[^1]);
            waiting.RemoveAt(waiting.Count - 1);
            complete.Add((new(left.Subtree.Level + 1, left.Subtree.Index >> 1), MerkleTree.NodeHash(left.Hash, right.Hash)));
        }

        waiting.Add(complete[^1]);
        return complete;
    }
}
