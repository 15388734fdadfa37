using System.Runtime.InteropServices;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.PointsLedger.Views;

/// <summary>
/// Sums of all postings by kind of ledger account, by partner where the ledger account is a partner's, and by the days on which facts
/// happened and were recorded. Members are summed up, so its size follows from days and partners, not from members.
/// </summary>
internal sealed class TrialBalanceView : IProjection
{
    public string Name => "trial_balance";

    // Sums over all accounts of many years outgrow 64 bits before they outgrow numeric.
    public string Tables =>
        """
        create table sums (
            kind text not null, partner uuid null, unit text not null, effective_on date not null, recorded_on date not null,
            debit numeric not null, credit numeric not null,
            unique nulls not distinct (kind, partner, unit, effective_on, recorded_on)
        )
        """;

    public async Task Apply(NpgsqlConnection connection, IReadOnlyList<StoredEvent> page, CancellationToken ct)
    {
        var totals = new Dictionary<Cell, (decimal Debit, decimal Credit)>();
        foreach (var stored in page) Add(stored, totals);
        var sums = totals.Select(t => (Cell: t.Key, t.Value.Debit, t.Value.Credit)).ToList();
        if (sums.Count == 0) return;
        await using var command = new NpgsqlCommand(
            """
            insert into sums (kind, partner, unit, effective_on, recorded_on, debit, credit)
            select * from unnest($1::text[], $2::uuid[], $3::text[], $4::date[], $5::date[], $6::numeric[], $7::numeric[])
            on conflict (kind, partner, unit, effective_on, recorded_on) do update set
                debit = sums.debit + excluded.debit, credit = sums.credit + excluded.credit
            """, connection);
        command.Parameters.Add(new() { Value = sums.ConvertAll(s => s.Cell.Kind).ToArray() });
        command.Parameters.Add(new() { Value = sums.ConvertAll(s => s.Cell.Partner?.Value).ToArray() });
        command.Parameters.Add(new() { Value = sums.ConvertAll(s => s.Cell.Unit).ToArray() });
        command.Parameters.Add(new() { Value = sums.ConvertAll(s => s.Cell.EffectiveOn).ToArray() });
        command.Parameters.Add(new() { Value = sums.ConvertAll(s => s.Cell.RecordedOn).ToArray() });
        command.Parameters.Add(new() { Value = sums.ConvertAll(s => s.Debit).ToArray() });
        command.Parameters.Add(new() { Value = sums.ConvertAll(s => s.Credit).ToArray() });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static void Add(StoredEvent stored, Dictionary<Cell, (decimal Debit, decimal Credit)> totals)
    {
        if (stored.Data is not IAccountFact fact) return;
        var (occurredAt, recordedAt) = fact.Times();
        foreach (var (account, unit, amount) in Postings.Of(AccountId.From(stored.StreamId), fact))
        {
            ref var total = ref CollectionsMarshal.GetValueRefOrAddDefault(totals, new(account.Kind, account.Partner, unit, Day(occurredAt), Day(recordedAt)), out _);
            if (amount > 0) total.Debit += amount;
            else total.Credit -= amount;
        }
    }

    private static DateOnly Day(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);

    private readonly record struct Cell(string Kind, PartnerId? Partner, string Unit, DateOnly EffectiveOn, DateOnly RecordedOn);
}

/// <param name="LedgerAccount">The kind of ledger account: <c>member</c>, <c>reserved</c>, <c>debt</c> are all members together; <c>issued</c>, <c>redeemed</c>, <c>breakage</c> are a partner's.</param>
/// <param name="Partner">The partner; null where the line sums up members or operators.</param>
/// <param name="PartnerCode">The partner's short code.</param>
/// <param name="Unit">What is counted: <c>points</c>.</param>
/// <param name="Debit">What went in.</param>
/// <param name="Credit">What went out.</param>
/// <param name="Balance">Debit less credit.</param>
internal sealed record TrialBalanceLine(string LedgerAccount, Guid? Partner, string? PartnerCode, string Unit, long Debit, long Credit, long Balance);

/// <summary>Reads the view.</summary>
internal sealed class TrialBalanceReader(DocumentStore store, TrialBalanceView view)
{
    /// <summary>The lines of what happened by the end of one day as far as it was recorded by the end of another, and the last event of the log that is in them.</summary>
    public async Task<(IReadOnlyList<TrialBalanceLine> Lines, long UpToSequence)> Read(DateOnly? effectiveOn, DateOnly? knownOn, CancellationToken ct)
    {
        // The mark stands in the same statement, so that it belongs to these very sums.
        await using var query = store.DataSource.CreateCommand(
            """
            select m.mark, s.kind, s.partner, p.code, s.unit, s.debit::bigint, s.credit::bigint, (s.debit - s.credit)::bigint
            from (select coalesce(max(last_seq_id), 0) as mark from mt_event_progression where name = $3) m
            left join (
                select kind, partner, unit, sum(debit) as debit, sum(credit) as credit from trial_balance.sums
                where ($1 is null or effective_on <= $1) and ($2 is null or recorded_on <= $2)
                group by kind, partner, unit) s on true
            left join partners p on p.partner_id = s.partner
            order by s.unit, s.kind, p.code, s.partner
            """);
        query.Parameters.Add(new() { Value = (object?)effectiveOn ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        query.Parameters.Add(new() { Value = (object?)knownOn ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        query.Parameters.Add(new() { Value = Progression.Of(view.Name) });
        var (lines, mark) = (new List<TrialBalanceLine>(), 0L);
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            mark = row.GetInt64(0);
            if (row.IsDBNull(1)) continue;
            lines.Add(new(
                row.GetString(1), row.IsDBNull(2) ? null : row.GetGuid(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetString(4),
                row.GetInt64(5), row.GetInt64(6), row.GetInt64(7)));
        }

        return (lines, mark);
    }
}
