using Loyalty.CoalitionPartners.Domain.Disputes;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Npgsql;

namespace Loyalty.CoalitionPartners.Views;

/// <summary>A dispute in a list.</summary>
/// <param name="Sequence">Its place in the list, the newest last.</param>
internal sealed record DisputeRow(
    long Sequence, Guid Dispute, string Cycle, PartnerId Partner, string Line, Money Amount, DisputeStatus Status, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt);

/// <summary>Where a correction stands.</summary>
internal enum CorrectionStatus
{
    Proposed,
    Posted,
    Rejected,
}

/// <summary>A correction in a list.</summary>
internal sealed record CorrectionRow(
    long Sequence, Guid Correction, PartnerId Partner, Money Amount, string Reason, string? OfCycle, string? OfLine, Guid? Dispute, CorrectionStatus Status,
    string Maker, string? Checker, DateTimeOffset? ProposedAt, DateTimeOffset? DecidedAt);

/// <summary>Open disputes of one currency by how long they have been open, in whole days.</summary>
/// <param name="FromDay">From so many days on; the next group begins where this one ends.</param>
internal sealed record DisputeAge(string Currency, int FromDay, long Disputes, Money Amount);

/// <summary>Reads the lists of disputes and corrections, the newest first.</summary>
internal sealed class DisputesReader(DocumentStore store)
{
    private static readonly int[] Ages = [0, 8, 31, 61];

    /// <param name="partner">Whose; null for all.</param>
    public Task<IReadOnlyList<DisputeRow>> Disputes(PartnerId? partner, DisputeStatus? status, string? cycle, long before, int limit, CancellationToken ct) => Read(
        """
        select sequence, dispute, cycle, partner, line, amount, currency, status, opened_at, closed_at from disputes.disputes
        where ($1::uuid is null or partner = $1) and ($2::text is null or status = $2) and ($3::text is null or cycle = $3) and sequence < $4 order by sequence desc limit $5
        """,
        row => new DisputeRow(
            row.GetInt64(0), row.GetGuid(1), row.GetString(2), new(row.GetGuid(3)), row.GetString(4), Money(row, 5), Enum.Parse<DisputeStatus>(row.GetString(7)),
            row.GetFieldValue<DateTimeOffset>(8), Time(row, 9)),
        ct, Optional(partner?.Value), Optional(status?.ToString()), Optional(cycle), before, limit);

    public Task<IReadOnlyList<CorrectionRow>> Corrections(PartnerId? partner, CorrectionStatus? status, long before, int limit, CancellationToken ct) => Read(
        """
        select sequence, correction, partner, amount, currency, reason, of_cycle, of_line, dispute, status, maker, checker, proposed_at, decided_at from disputes.corrections
        where ($1::uuid is null or partner = $1) and ($2::text is null or status = $2) and sequence < $3 order by sequence desc limit $4
        """,
        row => new CorrectionRow(
            row.GetInt64(0), row.GetGuid(1), new(row.GetGuid(2)), Money(row, 3), row.GetString(5), Text(row, 6), Text(row, 7), row.IsDBNull(8) ? null : row.GetGuid(8),
            Enum.Parse<CorrectionStatus>(row.GetString(9)), row.GetString(10), Text(row, 11), Time(row, 12), Time(row, 13)),
        ct, Optional(partner?.Value), Optional(status?.ToString()), before, limit);

    /// <summary>How long disputes have been waiting to be decided.</summary>
    public Task<IReadOnlyList<DisputeAge>> Ageing(DateTimeOffset now, CancellationToken ct) => Read(
        """
        select currency, a.from_day, count(*), sum(amount)::bigint from disputes.disputes d
        cross join lateral (select max(day) as from_day from unnest($1::int[]) day where opened_at <= $2::timestamptz - make_interval(days => day) or day = 0) a
        where closed_at is null group by currency, a.from_day order by currency, a.from_day
        """,
        row => new DisputeAge(row.GetString(0), row.GetInt32(1), row.GetInt64(2), new(row.GetInt64(3), Currency.From(row.GetString(0)))),
        ct, Ages, now.UtcDateTime);

    private async Task<IReadOnlyList<T>> Read<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken ct, params object[] values)
    {
        await using var command = store.DataSource.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        var rows = new List<T>();
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
            rows.Add(read(row));
        return rows;
    }

    private static object Optional(object? value) => value ?? DBNull.Value;

    private static Money Money(NpgsqlDataReader row, int column) => new(row.GetInt64(column), Currency.From(row.GetString(column + 1)));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
