namespace Loyalty.Cli.Audit;

/// <summary>
/// Whether every checkpoint still is the root of the log it was signed over. Where one isn't, the hashes that were stored beside the
/// log lead to the first event that is not what was hashed.
/// </summary>
internal sealed class SignedLog(AuditedDatabase database, Check check)
{
    private readonly HashedLog log = new();
    private readonly Queue<StoredCheckpoint> ahead = [];
    private long agreed;
    private string? suspected;

    public static async Task<IReadOnlyList<Check>> Compare(IReadOnlyList<AuditedDatabase> databases, CancellationToken ct)
    {
        var check = new Check(18, "every checkpoint is the signed root of the log as it stands");
        foreach (var database in databases)
        {
            if (await database.Has("checkpoints", ct)) await new SignedLog(database, check).Run(ct);
        }

        return [check];
    }

    private async Task Run(CancellationToken ct)
    {
        foreach (var checkpoint in await StoredCheckpoint.All(database, ct))
        {
            check.Saw("checkpoints");
            check.Holds(checkpoint.IsSigned, () => $"Checkpoint {checkpoint.Size} of the {database.Service} is not signed by its key, or says something else than its signed note.");
            ahead.Enqueue(checkpoint);
        }

        await using var beside = await database.Beside(ct);
        await using var pages = beside.Rows("select hash, leaf_prefixes from merkle_nodes where level = 8 order by index", ct).GetAsyncEnumerator(ct);
        await foreach (var row in database.Rows(HashedLog.Columns, ct))
        {
            if (ahead.Count == 0) break;
            check.Saw("events");
            log.Add(row);
            if (log.Page.Count == HashedLog.PageSize && await pages.MoveNextAsync() && suspected is null && !pages.Current.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(log.PageHash))
                suspected = Difference(pages.Current.GetFieldValue<byte[]>(1));
            if (ahead.TryPeek(out var due) && due.Size == log.Size && !Agrees(ahead.Dequeue())) return;
        }

        // Those that cover more events than there are.
        if (ahead.TryPeek(out var uncovered)) Broken(uncovered);
    }

    private bool Agrees(StoredCheckpoint checkpoint)
    {
        if (!log.Root().AsSpan().SequenceEqual(checkpoint.Root))
        {
            Broken(checkpoint);
            return false;
        }

        if (suspected is not null)
            check.Breaks($"Hashes stored beside the log of the {database.Service}, between checkpoints {agreed} and {checkpoint.Size}, were changed; the log itself is as it was signed.");
        (suspected, agreed) = (null, checkpoint.Size);
        return true;
    }

    // All later checkpoints differ with the first one, so they are not told.
    private void Broken(StoredCheckpoint checkpoint)
    {
        var inTail = checkpoint.Size / HashedLog.PageSize == log.Size / HashedLog.PageSize && log.Page.Count < HashedLog.PageSize;
        var what = suspected ?? (inTail ? Difference(checkpoint.LeafPrefixes) : null)
            ?? "what stands beside the log was changed with it, so no event can be named";
        check.Breaks(FormattableString.Invariant($"The log of the {database.Service} is not what checkpoint {checkpoint.Size} signs; up to checkpoint {agreed} it is. {Capital(what)}."));
    }

    /// <summary>Where the events of the page differ from the beginnings of their hashes that were stored; null where they don't.</summary>
    private string? Difference(byte[] stored)
    {
        const int Length = 4;
        var expected = stored.Chunk(Length).ToList();
        var place = 0;
        while (place < expected.Count && Is(place, place)) place++;
        if (place == expected.Count) return null;
        var before = place > 0 ? FormattableString.Invariant($"after event {log.Page[place - 1].Sequence}") : "at the beginning of a page of 256 events";
        if (place == log.Page.Count) return $"one that stood {before} is missing";
        var sequence = log.Page[place].Sequence;
        return Is(place, place + 1) ? FormattableString.Invariant($"one that stood {before} and before event {sequence} is missing")
            : Is(place + 1, place) ? FormattableString.Invariant($"event {sequence} was put in")
            : FormattableString.Invariant($"event {sequence} is not the one that was hashed at its place");

        bool Is(int actual, int of) => actual < log.Page.Count && of < expected.Count && log.Page[actual].Hash.AsSpan(0, Length).SequenceEqual(expected[of]);
    }

    private static string Capital(string sentence) => char.ToUpperInvariant(sentence[0]) + sentence[1..];
}
