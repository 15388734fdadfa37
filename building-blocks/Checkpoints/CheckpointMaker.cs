using System.Buffers.Text;
using Loyalty.EventStore;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Loyalty.Checkpoints;

/// <summary>
/// Makes checkpoints, one process at a time: extends the tree to where the log can't change any more, and signs its root.
/// </summary>
internal sealed class CheckpointMaker(
    NpgsqlDataSource database, EventLog log, LogTree tree, CheckpointRows rows, CheckpointKeys keys, TimeProvider clock, ILogger<CheckpointMaker> logger)
{
    /// <summary>
    /// The checkpoint of the log as it stands: a new one, or the last one where nothing has come since. Null where there is nothing to
    /// sign yet. Throws <see cref="TimeoutException"/> where another process makes one, or a transaction holds the log open.
    /// </summary>
    public async Task<(Checkpoint Checkpoint, bool IsNew)?> Make(string reason, CancellationToken ct)
    {
        await using var lease = await Lease.Take(database, "checkpoints", ct) ?? throw new TimeoutException("Another process makes a checkpoint now.");
        var upTo = await log.SettledUpTo(ct) ?? throw new TimeoutException("A transaction that has not ended holds the end of the log open.");
        var began = clock.GetTimestamp();
        var latest = await rows.Latest(ct);
        var (size, lastSequence, tail) = await tree.Grow(upTo, ct);
        if (size == 0 || size == latest?.Size) return latest is null ? null : (latest, false);
        if (size < latest?.Size) throw LogDiffers.Problem();

        var root = await Root(size, tail, ct);
        // Whole seconds are all that the note can hold.
        var time = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
        var note = Checkpoint.NoteOf(await rows.Origin(ct), size, root, lastSequence, time);
        var (keyId, signature) = await keys.Sign(note, ct);
        await lease.Check(ct);
        await rows.Add(
            new("", size, lastSequence, "", time, note, keyId, Base64Url.EncodeToString(signature), reason), root, signature, LogTree.Prefixes(tail), ct);
        logger.LogInformation(
            "A checkpoint over {Size} events was made for {Reason}; {New} of them were new, which took {Milliseconds} ms",
            size, reason, size - (latest?.Size ?? 0), (long)clock.GetElapsedTime(began).TotalMilliseconds);
        return ((await rows.Find(size, ct))!, true);
    }

    private async Task<byte[]> Root(long size, IReadOnlyList<Leaf> tail, CancellationToken ct)
    {
        var nodes = new List<byte[]>();
        foreach (var subtree in MerkleTree.SubtreesOf(new(0, size - tail.Count)))
            nodes.Add(await tree.Stored(subtree, ct) ?? throw LogDiffers.Problem());
        if (tail.Count > 0) nodes.Add(TailHash(tail));
        return MerkleTree.Join(nodes);
    }

    private static byte[] TailHash(IReadOnlyList<Leaf> tail)
    {
        var edge = new GrowingEdge(level: 0);
        for (var i = 0; i < tail.Count; i++) edge.Add(i, tail[i].Hash);
        return MerkleTree.Join(edge.Waiting);
    }
}
