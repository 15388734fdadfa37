using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Loyalty.Verify;

/// <summary>Everything that can be checked of what was saved, in the order in which one thing rests on another.</summary>
internal sealed class Verification
{
    private readonly List<Finding> findings = [];
    private readonly Dictionary<string, PublicKey> keys = new(StringComparer.Ordinal);
    private readonly Dictionary<long, SignedNote> notes = [];
    private readonly Dictionary<long, LeafText> leaves = [];
    private readonly List<StatedPosting> postings = [];

    public static Verification Of(Evidence evidence)
    {
        var verification = new Verification();
        foreach (var (file, why) in evidence.Unreadable) verification.findings.Add(new(false, file, why));
        foreach (var document in evidence.Keys) verification.Try(document, verification.TakeKeys);
        foreach (var document in evidence.Checkpoints) verification.Try(document, verification.Checkpoint);
        foreach (var document in evidence.Consistencies) verification.Try(document, verification.Consistency);
        foreach (var document in evidence.Inclusions) verification.Try(document, verification.Inclusion);
        foreach (var document in evidence.Postings) verification.Try(document, verification.TakePostings);
        foreach (var document in evidence.Statements) verification.Try(document, verification.Statement);
        return verification;
    }

    public int Failed => findings.Count(f => !f.Holds);

    public IReadOnlyList<Finding> Findings => findings;

    /// <summary>Says what was found and what it means; returns the exit code.</summary>
    public int Print(TextWriter output)
    {
        foreach (var (holds, where, sentence) in findings) output.WriteLine($"{(holds ? "ok    " : "FAILED")}  {where}: {sentence}");
        output.WriteLine(FormattableString.Invariant($"verify: {findings.Count} checks, {Failed} failed"));
        output.WriteLine(findings.Count == 0
            ? "There is nothing to verify in this folder: name one that ./loyalty proofs has saved, with a checkpoint or a statement in it."
            : Failed > 0
            ? "What is marked FAILED is not shown by these files. Ask the operator for an explanation, and keep the files: they are your evidence."
            : "Every proven event stands in the signed log, unchanged. Whether others are shown the same log, only comparing checkpoints with them tells.");
        return Failed == 0 && findings.Count > 0 ? 0 : 1;
    }

    private void TakeKeys(Document document)
    {
        foreach (var jwk in document.Root.List("keys"))
        {
            var key = PublicKey.Of(jwk);
            keys[key.Id] = key;
        }
    }

    private void Checkpoint(Document document)
    {
        var (text, keyId) = (document.Root.Text("note"), document.Root.Text("keyId"));
        if (!SignedNote.TryRead(text, out var note)) throw new FormatException("its note is not the text of a checkpoint");
        var signer = keys.GetValueOrDefault(keyId) ?? throw new FormatException($"no saved key file holds the key {keyId}; save /.well-known/checkpoint-keys.json beside it");
        if (!signer.Signed(text, Base64Url.DecodeFromChars(document.Root.Text("signature"))))
            throw new FormatException("its signature is not by the key it names: the note was changed, or somebody else wrote it");
        if (document.Root.Number("size") != note.Size || document.Root.Text("root") != Convert.ToBase64String(note.Root))
            throw new FormatException("it shows another size or root than the text that is signed");
        if (notes.Values.FirstOrDefault(n => n.Origin != note.Origin) is { } other)
            throw new FormatException($"it is of another log ({note.Origin}) than checkpoint {other.Size} ({other.Origin}); verify one log at a time");
        if (notes.TryGetValue(note.Size, out var same) && !same.Root.AsSpan().SequenceEqual(note.Root))
            throw new FormatException($"two signed checkpoints of size {note.Size} have different roots: the operator has shown two logs");
        notes[note.Size] = note;
        Holds(document, $"checkpoint {note.Size} of {note.Origin}, {note.Time}, is signed by key {keyId}");
    }

    private void Consistency(Document document)
    {
        var (from, to) = (NoteOf(document.Root.Number("from")), NoteOf(document.Root.Number("size")));
        if (!MerkleProof.Continues(from.Size, from.Root, to.Size, to.Root, document.Root.Hashes("path")))
            throw new FormatException($"the log of checkpoint {to.Size} does not begin with that of checkpoint {from.Size}: of the first {from.Size} events some were changed, taken out or put in");
        Holds(document, $"checkpoint {to.Size} continues checkpoint {from.Size}: its first {from.Size} events are the same");
    }

    private void Inclusion(Document document)
    {
        var note = NoteOf(document.Root.Number("size"));
        var (text, index) = (document.Root.Text("leaf"), document.Root.Number("index"));
        var leaf = LeafText.Read(text);
        if (leaf.Sequence != document.Root.Number("sequence")) throw new FormatException($"its leaf is event {leaf.Sequence}, not {document.Root.Number("sequence")}");
        var root = MerkleProof.Root(MerkleProof.LeafHash(Encoding.UTF8.GetBytes(text)), index, note.Size, document.Root.Hashes("path"));
        if (root is null || !root.AsSpan().SequenceEqual(note.Root))
            throw new FormatException($"event {leaf.Sequence}, as it reads here, is not at place {index} of checkpoint {note.Size}");
        leaves[leaf.Sequence] = leaf;
        Holds(document, $"event {leaf.Sequence} ({leaf.Type}, recorded {leaf.Recorded}, by {leaf.CausedBy}) is at place {index} of checkpoint {note.Size}");
    }

    private void TakePostings(Document document) => postings.AddRange(document.Root.List("items").Select(StatedPosting.Of));

    private void Statement(Document document)
    {
        var currency = document.Root.Text("currency");
        var (place, counted) = (0, new HashSet<(long Sequence, int Place)>());
        foreach (var json in document.Root.List("lines"))
        {
            Try(document with { File = FormattableString.Invariant($"{document.File}, line {++place}") }, at =>
            {
                var line = StatementLine.Of(json);
                var proven = postings.Where(p => p.LineId == line.Id).Select(p => Proven(p, line, currency, counted)).ToList();
                Compare(line, proven, currency);
                Holds(at, FormattableString.Invariant($"{line.Id}: {line.Points} points and {line.Amount} {currency} are what its {proven.Count} proven postings come to"));
            });
        }
    }

    private ProvenPosting Proven(StatedPosting stated, StatementLine line, string currency, HashSet<(long Sequence, int Place)> counted)
    {
        var leaf = leaves.GetValueOrDefault(stated.Sequence)
            ?? throw new FormatException($"no valid inclusion proof of event {stated.Sequence} is among the files");
        if (leaf.Stream != stated.Stream || leaf.Version != stated.Version)
            throw new FormatException($"event {stated.Sequence} is version {leaf.Version} of stream {leaf.Stream}, not version {stated.Version} of {stated.Stream}");
        return ProvenPosting.Of(leaf).FirstOrDefault(p => p.Currency == currency && p.Is(stated, line) && counted.Add((leaf.Sequence, p.Place)))
            ?? throw new FormatException($"event {stated.Sequence} has no such posting of transaction {stated.TransactionId} with {stated.Points} points at {line.Price}, or it is counted twice");
    }

    private static void Compare(StatementLine line, List<ProvenPosting> proven, string currency)
    {
        var (points, undone) = (proven.Aggregate(0L, (sum, p) => checked(sum + p.Points)), proven.Count(p => p.Undoes));
        if ((points, proven.Count - undone, undone) != (line.Points, line.Transactions, line.Reversals))
        {
            throw new FormatException(
                $"{line.Id} says {line.Points} points of {line.Transactions} postings and {line.Reversals} reversals; the proven ones among the files are {points} of {proven.Count - undone} and {undone}");
        }

        var amount = line.AmountOf(points, currency);
        if (amount != line.Amount)
            throw new FormatException(FormattableString.Invariant($"{line.Id} says {line.Amount}; its proven postings, {points} points at {line.Price}, come to {amount}"));
    }

    private SignedNote NoteOf(long size) =>
        notes.GetValueOrDefault(size) ?? throw new FormatException($"no valid checkpoint of size {size} is among the files; save /v1/checkpoints/{size} beside it");

    private void Holds(Document document, string sentence) => findings.Add(new(true, document.File, sentence));

    private void Try(Document document, Action<Document> check)
    {
        try
        {
            check(document);
        }
        catch (Exception e) when (e is FormatException or JsonException or OverflowException or InvalidOperationException or System.Security.Cryptography.CryptographicException)
        {
            findings.Add(new(false, document.File, e.Message));
        }
    }
}

/// <summary>One thing that was checked.</summary>
internal sealed record Finding(bool Holds, string Where, string Sentence);
