using Loyalty.EventStore;
using Loyalty.PointsLedger.Domain;

namespace Loyalty.PointsLedger.Views;

/// <summary>A closed month of an account in short.</summary>
/// <param name="Period">The month, <c>2017-03</c>: what the ledger recorded in it, in UTC.</param>
/// <param name="BroughtForward">The balance with which it began.</param>
/// <param name="Change">What it did to the balance.</param>
/// <param name="CarriedForward">The balance with which it ended, and with which the next one begins.</param>
internal sealed record StatementSummary(string Period, long BroughtForward, long Change, long CarriedForward);

/// <summary>What facts of one kind did to the balance in a month.</summary>
/// <param name="Type">The stored name of the facts: <c>points-accrued</c>.</param>
/// <param name="Lines">How many they are.</param>
/// <param name="Added">Points they added.</param>
/// <param name="Taken">Points they took.</param>
internal sealed record StatementMovement(string Type, long Lines, long Added, long Taken);

/// <summary>A closed month of an account, and the stretch of its stream that holds the lines.</summary>
internal sealed record ClosedMonth(long BroughtForward, IReadOnlyList<StatementMovement> Movements, long FirstVersion, long LastVersion)
{
    public long CarriedForward => BroughtForward + Movements.Sum(m => m.Added - m.Taken);
}

/// <summary>Reads the view, and the lines of a month from the account's stream.</summary>
internal sealed class StatementReader(DocumentStore store)
{
    /// <summary>
    /// Every closed month since the account was opened, those without movement too; null while the view lacks facts of them. Asks for no
    /// more than a few rows a month, however long the stream is.
    /// </summary>
    public async Task<IReadOnlyList<StatementSummary>?> Months(Guid account, StatementPeriod last, CancellationToken ct)
    {
        if (await IsBehind(account, last, ct)) return null;
        var rows = await Rows(account, last, ct);
        if (rows.Count == 0) return [];
        var changes = rows.ToLookup(r => r.Month, r => r.Movement.Added - r.Movement.Taken);
        var (months, balance) = (new List<StatementSummary>(), 0L);
        for (var month = rows[0].Month; month.First <= last.First; month = month.Next())
        {
            var change = changes[month].Sum();
            months.Add(new(month.ToString(), balance, change, balance + change));
            balance += change;
        }

        return months;
    }

    /// <summary>One closed month.</summary>
    /// <returns>Whether the view has all of it; and the month, null when the account was opened later.</returns>
    public async Task<(bool IsComplete, ClosedMonth? Month)> Month(Guid account, StatementPeriod period, CancellationToken ct)
    {
        if (await IsBehind(account, period, ct)) return (false, null);
        var rows = await Rows(account, period, ct);
        if (rows.Count == 0) return (true, null);
        var moved = rows.Where(r => r.Month == period && r.Movement.Lines > 0).ToList();
        return (true, new(
            rows.Where(r => r.Month != period).Sum(r => r.Movement.Added - r.Movement.Taken), [.. moved.Select(r => r.Movement)],
            moved.Select(r => r.FirstVersion).DefaultIfEmpty(1).Min(), moved.Select(r => r.LastVersion).DefaultIfEmpty(0).Max()));
    }

    /// <summary>Lines of a month after a version, at most <paramref name="limit"/>.</summary>
    public async Task<IReadOnlyList<HistoryLine>> Lines(Guid account, ClosedMonth month, long afterVersion, int limit, CancellationToken ct)
    {
        var lines = new List<HistoryLine>();
        afterVersion = Math.Max(afterVersion, month.FirstVersion - 1);
        while (lines.Count < limit && afterVersion < month.LastVersion)
        {
            var facts = await store.FetchStream(account, afterVersion, month.LastVersion, limit: limit, ct: ct);
            if (facts.Count == 0) break;
            lines.AddRange(facts.Select(HistoryLine.Of).Where(line => line.BalanceChange != 0).Take(limit - lines.Count));
            afterVersion = facts[^1].Version;
        }

        return lines;
    }

    // Whether the first fact that the view has not seen yet was committed before the month was closed.
    private async Task<bool> IsBehind(Guid account, StatementPeriod period, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            """
            select exists (
                select from mt_events where stream_id = $1 and timestamp < $2
                    and version = (select coalesce(max(last_version), 0) + 1 from statements.months where account_id = $1))
            """);
        query.Parameters.Add(new() { Value = account });
        query.Parameters.Add(new() { Value = period.ClosedAt().UtcDateTime });
        return (bool)(await query.ExecuteScalarAsync(ct))!;
    }

    private async Task<List<Row>> Rows(Guid account, StatementPeriod last, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            """
            select month, type, lines, added, taken, first_version, last_version
            from statements.months where account_id = $1 and month <= $2 order by month, type
            """);
        query.Parameters.Add(new() { Value = account });
        query.Parameters.Add(new() { Value = last.First });
        var rows = new List<Row>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            var movement = new StatementMovement(row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4));
            rows.Add(new(new(row.GetFieldValue<DateOnly>(0)), movement, row.GetInt64(5), row.GetInt64(6)));
        }

        return rows;
    }

    private sealed record Row(StatementPeriod Month, StatementMovement Movement, long FirstVersion, long LastVersion);
}
