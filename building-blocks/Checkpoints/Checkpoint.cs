using System.Globalization;
using System.Text;

namespace Loyalty.Checkpoints;

/// <summary>A signed statement of what the log was when it held a number of events.</summary>
/// <param name="Origin">Whose log: the service's name and the log's id.</param>
/// <param name="Size">How many events the tree covers.</param>
/// <param name="LastSequence">The sequence number of the last of them; greater than the size where numbers were never used.</param>
/// <param name="Root">The root hash, base64.</param>
/// <param name="Time">When it was made, by the clock of the service.</param>
/// <param name="Note">The text that is signed. It holds all of the above; whoever checks reads these, and not the members beside it.</param>
/// <param name="KeyId">Which key of <c>/.well-known/checkpoint-keys.json</c> signs.</param>
/// <param name="Signature">ES256 over the UTF-8 bytes of the note: r and s, base64url.</param>
/// <param name="Reason">Why it was made: <c>day</c>, <c>event</c> or <c>demand</c>. It is not signed.</param>
public sealed record Checkpoint(
    string Origin, long Size, long LastSequence, string Root, DateTimeOffset Time, string Note, string KeyId, string Signature, string Reason)
{
    /// <summary>The text to sign: first the three lines of a C2SP checkpoint, then what else is to be known.</summary>
    internal static string NoteOf(string origin, long size, byte[] root, long lastSequence, DateTimeOffset time) => new StringBuilder()
        .Append(CultureInfo.InvariantCulture, $"{origin}\n{size}\n{Convert.ToBase64String(root)}\n")
        .Append(CultureInfo.InvariantCulture, $"sequence {lastSequence}\ntime {time.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}\n")
        .ToString();
}

/// <summary>That an event is in the tree of a checkpoint.</summary>
/// <param name="Size">The size of the checkpoint.</param>
/// <param name="Sequence">The event's number in the log.</param>
/// <param name="Index">Its place among the leaves, from 0.</param>
/// <param name="Leaf">The event as it is hashed; see docs/verifying.md.</param>
/// <param name="Path">The audit path of RFC 6962, base64, the node beside the leaf first.</param>
public sealed record InclusionProof(long Size, long Sequence, long Index, string Leaf, IReadOnlyList<string> Path);

/// <summary>That the log of a checkpoint begins with all that it held at a smaller size.</summary>
/// <param name="From">The smaller size.</param>
/// <param name="Size">The size of the checkpoint.</param>
/// <param name="Path">The consistency proof of RFC 6962, base64.</param>
public sealed record ConsistencyProof(long From, long Size, IReadOnlyList<string> Path);
