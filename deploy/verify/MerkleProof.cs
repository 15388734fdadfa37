using System.Security.Cryptography;

namespace Loyalty.Verify;

/// <summary>What RFC 6962 proofs come to, computed as RFC 9162 (2.1.3.2 and 2.1.4.2) tells verifiers to.</summary>
internal static class MerkleProof
{
    public static byte[] LeafHash(ReadOnlySpan<byte> leaf) => SHA256.HashData([0x00, .. leaf]);

    /// <summary>The root of a tree of this size in which a leaf stands at an index with this audit path beside it; null when no tree has such a path.</summary>
    public static byte[]? Root(byte[] leafHash, long index, long size, IReadOnlyList<byte[]> path)
    {
        if (index < 0 || index >= size) return null;
        var (node, last, hash) = (index, size - 1, leafHash);
        foreach (var beside in path)
        {
            if (last == 0) return null;
            if ((node & 1) == 1 || node == last)
            {
                hash = NodeHash(beside, hash);
                while ((node & 1) == 0 && node != 0) (node, last) = (node >> 1, last >> 1);
            }
            else
            {
                hash = NodeHash(hash, beside);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 ? hash : null;
    }

    /// <summary>Whether the tree of the larger size and root begins with that of the smaller.</summary>
    public static bool Continues(long from, byte[] fromRoot, long to, byte[] toRoot, IReadOnlyList<byte[]> path)
    {
        if (from < 1 || from > to) return false;
        if (from == to) return path.Count == 0 && fromRoot.AsSpan().SequenceEqual(toRoot);
        // Where the smaller tree is complete, its own root is the first node.
        IReadOnlyList<byte[]> nodes = (from & (from - 1)) == 0 ? [fromRoot, .. path] : path;
        if (nodes.Count == 0) return false;
        var (node, last) = (from - 1, to - 1);
        while ((node & 1) == 1) (node, last) = (node >> 1, last >> 1);
        var (old, grown) = (nodes[0], nodes[0]);
        foreach (var beside in nodes.Skip(1))
        {
            if (last == 0) return false;
            if ((node & 1) == 1 || node == last)
            {
                (old, grown) = (NodeHash(beside, old), NodeHash(beside, grown));
                while ((node & 1) == 0 && node != 0) (node, last) = (node >> 1, last >> 1);
            }
            else
            {
                grown = NodeHash(grown, beside);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && old.AsSpan().SequenceEqual(fromRoot) && grown.AsSpan().SequenceEqual(toRoot);
    }

    private static byte[] NodeHash(byte[] left, byte[] right) => SHA256.HashData([0x01, .. left, .. right]);
}
