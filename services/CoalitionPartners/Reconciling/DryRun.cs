using System.Data;
using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.EventStore;
using Npgsql;

namespace Loyalty.CoalitionPartners.Reconciling;

/// <summary>What becomes of one line, or of one of our transactions, by a rule. Without a kind it agrees.</summary>
internal sealed record Judged(string Key, string? TransactionId, DifferenceKind? Kind, string? Currency, long Amount, long Points, bool Tolerated);

/// <summary>The same line or transaction by two rules.</summary>
internal sealed record Change(Judged Now, Judged Then);

/// <summary>What another rule would make of a reconciliation.</summary>
/// <param name="Changes">The first that would change.</param>
/// <param name="AllChanges">How many would.</param>
internal sealed record DryRunResult(
    IReadOnlyDictionary<(DifferenceKind Kind, string? Currency), (Sum Now, Sum Then)> Sums, int ToleratedNow, int ToleratedThen, IReadOnlyList<Change> Changes, int AllChanges);

/// <summary>Pairs a book once more by another rule, in a transaction that is undone.</summary>
internal sealed class DryRun(DocumentStore store)
{
    private const int MostChanges = 1_000;

    private const string ItemsOfLines = "line > $2 and line <= $3";
    private const string ItemsOfMissing = "line is null and event_id > $2 and event_id <= $3";

    private static readonly Guid LastEvent = new("ffffffff-ffff-ffff-ffff-ffffffffffff");

    public async Task<DryRunResult> Run(OpenReconciliation reconciliation, MatchingRule rule, CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        await Pairing.Undo(transaction, reconciliation.Id, ct);
        await Pairing.Run(transaction, reconciliation, rule, ct);
        var tally = new Tally();
        for (int? after = 0; after is { } line;)
        {
            var then = await PairReader.OfLinesAfter(transaction, reconciliation.Id, line, ct);
            after = then.Count < PairReader.PageSize ? null : then[^1].Line;
            tally.Add(await Stored(transaction, reconciliation.Id, ItemsOfLines, line, after ?? int.MaxValue, ct), [.. then.Select(p => Judge(p, rule))]);
        }

        for (Guid? after = Guid.Empty; after is { } id;)
        {
            var then = await PairReader.MissingAfter(transaction, reconciliation.Id, id, ct);
            after = then.Count < PairReader.PageSize ? null : then[^1].Event;
            tally.Add(await Stored(transaction, reconciliation.Id, ItemsOfMissing, id, after ?? LastEvent, ct), [.. then.Select(p => Judge(p, rule))]);
        }

        return tally.Result();
    }

    private static Judged Judge(FoundPair p, MatchingRule rule) => new(
        p.Line is { } line ? Key(line) : p.Event.ToString()!, p.Pair.There?.TransactionId ?? p.Pair.Here?.TransactionId, p.Pair.Difference, p.Pair.Currency,
        p.Pair.AmountDifference, p.Pair.PointsDifference, p.Pair.ToleratedBy(rule));

    private static string Key(int line) => FormattableString.Invariant($"line {line}");

    private static async Task<IReadOnlyList<Judged>> Stored(NpgsqlTransaction transaction, Guid id, string which, object after, object upTo, CancellationToken ct)
    {
        await using var query = new NpgsqlCommand(
            $"""
            select line, event_id, coalesce(there_id, here_id), kind, currency, amount_difference, points_difference, tolerated
            from reconciliation_items where reconciliation = $1 and {which}
            """, transaction.Connection, transaction);
        foreach (var value in new[] { id, after, upTo }) query.Parameters.Add(new() { Value = value });
        var stored = new List<Judged>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            stored.Add(new(
                row.Int(0) is { } line ? Key(line) : row.GetGuid(1).ToString(), row.Text(2), ReconciliationItemRows.KindOf(row.GetString(3)), row.Text(4), row.GetInt64(5), row.GetInt64(6),
                row.GetBoolean(7)));
        }

        return stored;
    }

    // Adds up pages, which hold the same lines and transactions by both rules.
    private sealed class Tally
    {
        private readonly Dictionary<(DifferenceKind, string?), (Sum Now, Sum Then)> sums = [];
        private readonly List<Change> changes = [];
        private int all, toleratedNow, toleratedThen;

        public void Add(IReadOnlyList<Judged> now, IReadOnlyList<Judged> then)
        {
            foreach (var judged in now) Add(judged, judged, null);
            foreach (var judged in then) Add(judged, null, judged);
            var before = now.ToDictionary(j => j.Key, StringComparer.Ordinal);
            var after = then.ToDictionary(j => j.Key, StringComparer.Ordinal);
            foreach (var key in before.Keys.Union(after.Keys, StringComparer.Ordinal))
            {
                var (was, becomes) = (before.GetValueOrDefault(key), after.GetValueOrDefault(key));
                if (was == becomes) continue;
                all++;
                if (changes.Count < MostChanges) changes.Add(new(was ?? Agreeing(becomes!), becomes ?? Agreeing(was!)));
            }

            toleratedNow += now.Count(j => j.Tolerated);
            toleratedThen += then.Count(j => j.Tolerated);
        }

        public DryRunResult Result() => new(sums, toleratedNow, toleratedThen, changes, all);

        private void Add(Judged judged, Judged? now, Judged? then)
        {
            var key = (judged.Kind!.Value, judged.Currency);
            var (sumNow, sumThen) = sums.GetValueOrDefault(key, (new(0, 0, 0), new(0, 0, 0)));
            sums[key] = (Plus(sumNow, now), Plus(sumThen, then));
        }

        private static Sum Plus(Sum sum, Judged? judged) =>
            judged is null ? sum : new(sum.Count + 1, sum.Amount + judged.Amount, sum.Points + judged.Points);

        private static Judged Agreeing(Judged other) => other with { Kind = null, Amount = 0, Points = 0, Tolerated = false };
    }
}
