using Loyalty.EventStore;
using Loyalty.PointsLedger.Domain.Offers;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.PointsLedger.Storage;

/// <summary>
/// Counters that many accounts share. A decision reads them without a lock; the commit adds to them as its last statement, under the
/// condition that they had room: when they had not, it fails with <see cref="ConcurrencyException"/> like any lost race.
/// </summary>
internal static class Counters
{
    /// <summary>Counts within a session's commit. Each key stands in the changes once.</summary>
    public static NpgsqlBatchCommand Add(IReadOnlyCollection<CounterChange> changes)
    {
        var command = new NpgsqlBatchCommand("select count_up($1, $2, $3, $4, $5, $6)");
        Add(NpgsqlDbType.Text, change => change.Key.Key);
        Add(NpgsqlDbType.Text, change => change.Key.Period);
        Add(NpgsqlDbType.Bigint, change => change.Count);
        Add(NpgsqlDbType.Bigint, change => change.Points);
        Add(NpgsqlDbType.Bigint, change => change.MostCount);
        Add(NpgsqlDbType.Bigint, change => change.MostPoints);
        return command;

        void Add<T>(NpgsqlDbType type, Func<CounterChange, T> column) =>
            command.Parameters.Add(new() { Value = changes.Select(column).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    /// <summary>What those of the counters that exist have come to.</summary>
    public static async Task<Dictionary<CounterKey, Tally>> Read(DocumentStore store, IReadOnlyCollection<CounterKey> keys, CancellationToken ct)
    {
        var found = new Dictionary<CounterKey, Tally>();
        if (keys.Count == 0) return found;
        await using var query = store.DataSource.CreateCommand(
            "select c.key, c.period, c.count, c.points from unnest($1, $2) k (key, period) join counters c on c.key = k.key and c.period = k.period");
        query.Parameters.Add(new() { Value = keys.Select(k => k.Key).ToArray() });
        query.Parameters.Add(new() { Value = keys.Select(k => k.Period).ToArray() });
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) found[new(row.GetString(0), row.GetString(1))] = new(row.GetInt64(2), row.GetInt64(3));
        return found;
    }
}
