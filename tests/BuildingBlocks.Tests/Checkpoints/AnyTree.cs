using FsCheck;
using FsCheck.Fluent;
using Loyalty.Checkpoints;
using Loyalty.Verify;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.Checkpoints;

/// <summary>What holds for trees of any size, checked by the verifier, which shares no code with the tree.</summary>
public sealed class AnyTree
{
    private static readonly TreeInMemory Tree = TreeInMemory.Of(700);

    private static readonly Gen<(long Smaller, long Larger)> Sizes =
        from larger in Gen.Choose(1, 700)
        from smaller in Gen.Choose(1, larger)
        select ((long)smaller, (long)larger);

    [Fact]
    public void proves_each_of_its_leaves_and_no_other() => Check.QuickThrowOnFailure(Prop.ForAll(Sizes.ToArbitrary(), sizes =>
    {
        var (index, size) = (sizes.Smaller - 1, sizes.Larger);
        var path = Tree.Hashes(MerkleTree.InclusionPath(index, size));
        Root(index, size, path).ShouldBe(Tree.Root(size));
        MerkleProof.Root(MerkleProof.LeafHash("another"u8), index, size, path).ShouldNotBe(Tree.Root(size));
        (Root(index, size, [.. path, path.Count > 0 ? path[0] : new byte[32]]) ?? []).ShouldNotBe(Tree.Root(size));
        foreach (var tampered in Tampered(path)) Root(index, size, tampered).ShouldNotBe(Tree.Root(size));
        if (index > 0) (MerkleProof.Root(MerkleProof.LeafHash(Tree.Leaf(index)), index - 1, size, path) ?? []).ShouldNotBe(Tree.Root(size));
    }));

    [Fact]
    public void proves_that_it_continues_each_smaller_one() => Check.QuickThrowOnFailure(Prop.ForAll(Sizes.ToArbitrary(), sizes =>
    {
        var (from, to) = sizes;
        var path = Tree.Hashes(MerkleTree.ConsistencyPath(from, to));
        MerkleProof.Continues(from, Tree.Root(from), to, Tree.Root(to), path).ShouldBeTrue();
        MerkleProof.Continues(from, Tree.Root(from + 1 > 700 ? 1 : from + 1), to, Tree.Root(to), path).ShouldBeFalse();
        if (from < to) MerkleProof.Continues(from, Tree.Root(from), to, Tree.Root(to - 1), path).ShouldBeFalse();
        foreach (var tampered in Tampered(path)) MerkleProof.Continues(from, Tree.Root(from), to, Tree.Root(to), tampered).ShouldBeFalse();
    }));

    private static byte[]? Root(long index, long size, IReadOnlyList<byte[]> path) =>
        MerkleProof.Root(MerkleProof.LeafHash(Tree.Leaf(index)), index, size, path);

    private static IEnumerable<IReadOnlyList<byte[]>> Tampered(IReadOnlyList<byte[]> path)
    {
        for (var i = 0; i < path.Count; i++)
        {
            byte[] flipped = [.. path[i]];
            flipped[i % flipped.Length] ^= 0x01;
            yield return [.. path.Take(i), flipped, .. path.Skip(i + 1)];
            yield return [.. path.Take(i), .. path.Skip(i + 1)];
        }
    }
}
