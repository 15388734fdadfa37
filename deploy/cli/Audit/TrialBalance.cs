namespace Loyalty.Cli.Audit;

/// <summary>The sums of all entries, as the audit counts them and as the ledger's view has them.</summary>
/// <param name="mark">The last event that the view has applied.</param>
internal sealed class TrialBalance(long mark)
{
    private readonly Dictionary<(string Kind, Guid? Partner, DateOnly EffectiveOn, DateOnly RecordedOn), (decimal Debit, decimal Credit)> cells = [];
    private decimal total;

    public static async Task<TrialBalance> UpToTheView(AuditedDatabase ledger, CancellationToken ct) => new(
        await ledger.Has("trial_balance.sums", ct)
            ? await ledger.Value<long>("select coalesce((select last_seq_id from mt_event_progression where name = 'trial_balance:All'), 0)", ct)
            : 0);

    public void Add(long sequence, (DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) times, IReadOnlyCollection<Entry> entries)
    {
        total += entries.Sum(e => (decimal)e.Points);
        if (sequence > mark) return;
        foreach (var entry in entries.Where(e => e.Points != 0))
        {
            var cell = (entry.Kind, entry.Partner, DateOnly.FromDateTime(times.OccurredAt.UtcDateTime), DateOnly.FromDateTime(times.RecordedAt.UtcDateTime));
            var (debit, credit) = cells.GetValueOrDefault(cell);
            cells[cell] = (debit + Math.Max(entry.Points, 0), credit + Math.Max(-entry.Points, 0));
        }
    }

    /// <summary>Every cell of the view has its like here, and the other way round.</summary>
    public async Task Compare(AuditedDatabase ledger, Check check, CancellationToken ct)
    {
        check.Holds(total == 0, () => $"All entries together come to {total} points.");
        check.Remark = mark == 0 ? "the trial balance has applied nothing yet" : $"the trial balance stands at event {Show.Number(mark)}";
        if (mark == 0) return;
        await foreach (var row in ledger.Rows("select kind, partner, effective_on, recorded_on, debit, credit from trial_balance.sums where unit = 'points'", ct))
        {
            var cell = (row.GetString(0), row.IsDBNull(1) ? (Guid?)null : row.GetGuid(1), row.GetFieldValue<DateOnly>(2), row.GetFieldValue<DateOnly>(3));
            check.Saw("cells of the trial balance");
            cells.Remove(cell, out var own);
            check.Holds(
                own == (row.GetDecimal(4), row.GetDecimal(5)),
                () => $"The trial balance of {cell} says {row.GetDecimal(4)} debit and {row.GetDecimal(5)} credit, the facts say {own.Debit} and {own.Credit}.");
        }

        foreach (var (cell, own) in cells) check.Breaks($"The trial balance lacks {cell}: {own.Debit} debit and {own.Credit} credit.");
    }
}
