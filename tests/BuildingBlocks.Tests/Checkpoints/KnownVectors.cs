using System.Text;
using Loyalty.Checkpoints;
using Loyalty.Verify;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.Checkpoints;

/// <summary>The vectors with which implementations of Certificate Transparency (RFC 6962) are tested, by value.</summary>
public sealed class KnownVectors
{
    private static readonly byte[][] Inputs =
    [
        [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
        [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        [0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
    ];

    private static readonly TreeInMemory Tree = new(Inputs);

    [Fact]
    public void of_the_empty_tree() =>
        Hex(Tree.Root(0)).ShouldBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

    [Fact]
    public void of_leaves_and_nodes()
    {
        Hex(MerkleTree.LeafHash([])).ShouldBe("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        Hex(MerkleTree.LeafHash("L123456"u8)).ShouldBe("395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
        // A node of these two is no leaf of their concatenation: that is what the prefixes are for.
        Hex(MerkleTree.NodeHash("N123"u8.ToArray(), "N456"u8.ToArray())).ShouldNotBe(Hex(MerkleTree.LeafHash("N123N456"u8)));
    }

    [Theory]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData(6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void of_roots(long size, string root) => Hex(Tree.Root(size)).ShouldBe(root);

    [Theory]
    [InlineData(0, 1, "")]
    [InlineData(0, 8, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7 5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e 6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")]
    [InlineData(5, 8, "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0 d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(2, 3, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(1, 5, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d 5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")]
    public void of_audit_paths(long index, long size, string path) =>
        Hex(Tree.Hashes(MerkleTree.InclusionPath(index, size))).ShouldBe(path);

    [Theory]
    [InlineData(1, 1, "")]
    [InlineData(1, 8, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7 5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e 6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")]
    [InlineData(6, 8, "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0 d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(2, 5, "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")]
    public void of_consistency_proofs(long from, long to, string path)
    {
        var nodes = Tree.Hashes(MerkleTree.ConsistencyPath(from, to));
        Hex(nodes).ShouldBe(path);
        MerkleProof.Continues(from, Tree.Root(from), to, Tree.Root(to), nodes).ShouldBeTrue();
    }

    private static string Hex(IEnumerable<byte[]> hashes) => string.Join(' ', hashes.Select(Hex));

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);
}

/// <summary>A tree whose leaves are all at hand.</summary>
internal sealed class TreeInMemory(IReadOnlyList<byte[]> leaves)
{
    public byte[] Root(long size) => Hash(new LeafRange(0, size));

    public IReadOnlyList<byte[]> Hashes(IEnumerable<LeafRange> nodes) => [.. nodes.Select(Hash)];

    public static TreeInMemory Of(int size) => new([.. Enumerable.Range(0, size).Select(i => Encoding.UTF8.GetBytes(FormattableString.Invariant($"leaf {i}")))]);

    public byte[] Leaf(long index) => leaves[(int)index];

    private byte[] Hash(LeafRange range) => MerkleTree.Join([.. MerkleTree.SubtreesOf(range).Select(Hash)]);

    private byte[] Hash(Subtree subtree) => subtree.Level == 0
        ? MerkleTree.LeafHash(leaves[(int)subtree.Index])
        : MerkleTree.NodeHash(Hash(new Subtree(subtree.Level - 1, 2 * subtree.Index)), Hash(new Subtree(subtree.Level - 1, 2 * subtree.Index + 1)));
}
