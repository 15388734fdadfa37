using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Npgsql;

namespace Loyalty.CoalitionPartners.Views;

/// <summary>How far a cycle has come. Its time runs; it is over, and the days of grace run or nobody has closed it; it is cut, and its statements are being drawn up; it is closed; it is closed and everything is paid.</summary>
internal enum CycleStatus
{
    Open,
    Collecting,
    Closing,
    Closed,
    Settled,
}

/// <summary>A cycle as the view has it.</summary>
/// <param name="CutSequence">The place of its cut in the log; null before.</param>
internal sealed record CycleRow(
    Cycle Cycle, string? Maker, DateTimeOffset? ProposedAt, string? Checker, DateTimeOffset? ApprovedAt, long? CutSequence, DateTimeOffset? ClosedAt)
{
    public static CycleRow Of(Cycle cycle) => new(cycle, null, null, null, null, null, null);

    /// <summary>When all payments of it had been confirmed; null before.</summary>
    public DateTimeOffset? SettledAt { get; init; }

    public CycleStatus StatusAt(DateTimeOffset now) =>
        SettledAt is not null ? CycleStatus.Settled : ClosedAt is not null ? CycleStatus.Closed : ApprovedAt is not null ? CycleStatus.Closing : now < Cycle.Until ? CycleStatus.Open : CycleStatus.Collecting;
}

/// <summary>A partner by its names.</summary>
internal sealed record PartnerName(Guid Partner, string Code, string Name);

/// <summary>Reads the clearing view.</summary>
internal sealed class ClearingReader(DocumentStore store)
{
    private const string Columns = "c.cycle, c.starts, c.ends, c.due, c.maker, c.proposed_at, c.checker, c.approved_at, c.cut, c.closed_at, c.settled_at";

    private const string HasPostings =
        "(exists (select from clearing.lines l where l.cycle = c.cycle) or exists (select from clearing.adjustments a where a.cycle = c.cycle))";

    // Others are only known as the origin of what was cleared later.
    private const string IsListed = $"(c.maker is not null or c.cut is not null or {HasPostings})";

    public async Task<CalendarTimeline> Calendar(CancellationToken ct) =>
        (await store.Load<ClearingCalendar>(ClearingCalendar.Stream, ct))?.State.Timeline ?? CalendarTimeline.Usual;

    /// <summary>A cycle that has begun; null for any other.</summary>
    public async Task<CycleRow?> Find(string id, DateTimeOffset now, CancellationToken ct)
    {
        if (!CycleId.TryParse(id, out var name) || name.ToString() != id)
            return null;
        var rows = await Rows($"select {Columns} from clearing.cycles c where c.cycle = $1", ct, id);
        if (rows is [var known])
            return known;
        return (await Calendar(ct)).Find(name) is { } cycle && cycle.From <= now ? CycleRow.Of(cycle) : null;
    }

    /// <summary>Cycles in the order of their ends: those with postings or on their way to be closed, and the one that runs.</summary>
    public async Task<IReadOnlyList<CycleRow>> List(DateTimeOffset after, int limit, DateTimeOffset now, CancellationToken ct)
    {
        var rows = await Rows($"select {Columns} from clearing.cycles c where c.ends > $1 and {IsListed} order by c.ends limit $2", ct, after.UtcDateTime, limit);
        var runs = (await Calendar(ct)).At(now);
        return runs.Until <= after || rows.Exists(r => r.Cycle.Id == runs.Id)
            ? rows
            : [.. rows.Append(CycleRow.Of(runs)).OrderBy(r => r.Cycle.Until).Take(limit)];
    }

    public async Task<Neighbours> NeighboursOf(Cycle cycle, CancellationToken ct)
    {
        var earlier = await Rows($"select {Columns} from clearing.cycles c where c.ends < $1 and c.closed_at is null and {HasPostings} order by c.ends limit 1", ct, cycle.Until.UtcDateTime);
        var later = await Rows($"select {Columns} from clearing.cycles c where c.ends > $1 and c.cut is not null order by c.ends limit 1", ct, cycle.Until.UtcDateTime);
        return new(earlier is [var open] ? open.Cycle.Id : null, later is [var cut] ? cut.Cycle.Id : null);
    }

    /// <summary>The earliest cycle that is cut and not closed.</summary>
    public async Task<CycleRow?> NextToClose(CancellationToken ct) =>
        (await Rows($"select {Columns} from clearing.cycles c where c.cut is not null and c.closed_at is null order by c.ends limit 1", ct)).FirstOrDefault();

    /// <summary>The facts, by their places in the log, in which lines of a partner's statement are found.</summary>
    public async Task<IReadOnlyList<long>> FactsOf(CycleId cycle, PartnerId partner, IEnumerable<string> lines, long from, int limit, CancellationToken ct)
    {
        await using var command = store.DataSource.CreateCommand(
            "select distinct sequence from clearing.facts where cycle = $1 and partner = $2 and line = any ($3) and sequence >= $4 order by sequence limit $5");
        foreach (object value in new object[] { cycle.ToString(), partner.Value, lines.ToArray(), from, limit }) command.Parameters.Add(new() { Value = value });
        var sequences = new List<long>();
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) sequences.Add(row.GetInt64(0));
        return sequences;
    }

    /// <summary>Cycles by their names.</summary>
    public async Task<IReadOnlyDictionary<CycleId, Cycle>> Cycles(IEnumerable<CycleId> ids, CancellationToken ct) =>
        (await Rows($"select {Columns} from clearing.cycles c where c.cycle = any ($1)", ct, [ids.Select(id => id.ToString()).Distinct().ToArray()]))
            .ToDictionary(r => r.Cycle.Id, r => r.Cycle);

    /// <summary>The last event of this service's log that was looked at.</summary>
    public async Task<long> Mark(CancellationToken ct)
    {
        await using var command = store.DataSource.CreateCommand("select sequence from clearing.applied");
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    public async Task<bool> AnythingSettled(CancellationToken ct)
    {
        await using var command = store.DataSource.CreateCommand("select exists (select from clearing.lines)");
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    public async Task<IReadOnlyDictionary<PartnerId, PartnerName>> Names(CancellationToken ct)
    {
        await using var command = store.DataSource.CreateCommand("select partner, code, name from clearing.partners");
        var names = new Dictionary<PartnerId, PartnerName>();
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
            names.Add(new(row.GetGuid(0)), new(row.GetGuid(0), row.GetString(1), row.GetString(2)));
        return names;
    }

    private async Task<List<CycleRow>> Rows(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = store.DataSource.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        var rows = new List<CycleRow>();
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            if (!CycleId.TryParse(row.GetString(0), out var id))
                throw new InvalidOperationException($"'{row.GetString(0)}' is no cycle.");
            rows.Add(new(
                new(id, Time(row, 1)!.Value, Time(row, 2)!.Value, Time(row, 3)!.Value), Text(row, 4), Time(row, 5), Text(row, 6), Time(row, 7),
                row.IsDBNull(8) ? null : row.GetInt64(8), Time(row, 9)) { SettledAt = Time(row, 10) });
        }

        return rows;
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
