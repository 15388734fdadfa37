using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Npgsql;

namespace Loyalty.CoalitionPartners.Views;

/// <summary>Reads what stands in a cycle's statements beside postings, in the order of the log.</summary>
internal sealed class StatementEntries(DocumentStore store)
{
    public Task<IReadOnlyList<(PartnerId Partner, Currency Currency, StatementPayment Payment)>> Payments(CycleId cycle, CancellationToken ct) => Read(
        "select partner, currency, end_to_end, settles, amount, booked_at, bank_reference from clearing.payments where cycle = $1 order by sequence",
        cycle, row => (Partner(row), Currency(row), new StatementPayment(row.GetString(2), Id(row.GetString(3)), row.GetInt64(4), row.GetFieldValue<DateTimeOffset>(5), row.GetString(6))), ct);

    public Task<IReadOnlyList<(PartnerId Partner, Currency Currency, StatementAdjustment Adjustment)>> Adjustments(CycleId cycle, CancellationToken ct) => Read(
        "select partner, currency, correction, amount, reason, of_cycle, of_line, dispute from clearing.adjustments where cycle = $1 order by sequence",
        cycle, row => (Partner(row), Currency(row), new StatementAdjustment(
            row.GetGuid(2), row.GetInt64(3), row.GetString(4), row.IsDBNull(5) ? null : Id(row.GetString(5)), row.IsDBNull(6) ? null : row.GetString(6),
            row.IsDBNull(7) ? null : row.GetGuid(7))), ct);

    private async Task<IReadOnlyList<T>> Read<T>(string sql, CycleId cycle, Func<NpgsqlDataReader, T> read, CancellationToken ct)
    {
        await using var command = store.DataSource.CreateCommand(sql);
        command.Parameters.Add(new() { Value = cycle.ToString() });
        var entries = new List<T>();
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
            entries.Add(read(row));
        return entries;
    }

    private static PartnerId Partner(NpgsqlDataReader row) => new(row.GetGuid(0));

    private static Currency Currency(NpgsqlDataReader row) => Kernel.Currency.From(row.GetString(1));

    private static CycleId Id(string text) => CycleId.TryParse(text, out var id) ? id : throw new InvalidOperationException($"'{text}' is no cycle.");
}
