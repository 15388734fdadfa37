using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Npgsql;

namespace Loyalty.PointsLedger.Views;

/// <summary>
/// What every month did to the balance of an account, by kind of fact, and where in the account's stream the month lies. A fact counts in
/// the month in which it was recorded, but never in an earlier one than the fact before it, however the clocks of replicas differ: so a
/// month is one stretch of the stream, and one that is closed stays as it is.
/// </summary>
internal sealed class StatementView : IProjection
{
    public string Name => "statements";

    public string Tables =>
        """
        create table months (
            account_id uuid not null, month date not null, type text not null, lines bigint not null,
            added bigint not null, taken bigint not null, first_version bigint not null, last_version bigint not null,
            primary key (account_id, month, type)
        ) with (fillfactor = 80);
        create table reached (month date not null);
        insert into reached values ('-infinity');
        """;

    public async Task Apply(NpgsqlConnection connection, IReadOnlyList<StoredEvent> page, CancellationToken ct)
    {
        var facts = page.Where(e => e.Data is IAccountFact).ToList();
        if (facts.Count == 0) return;
        var latest = await LatestMonths(connection, facts, ct);
        var months = new Dictionary<(Guid, StatementPeriod, string), Movement>();
        foreach (var fact in facts)
        {
            var movement = Movement.Of(fact, latest);
            var key = (movement.Account, movement.Month, movement.Type);
            months[key] = months.TryGetValue(key, out var sum) ? sum.And(movement) : movement;
        }

        await Add(connection, [.. months.Values.OrderBy(m => m.Account)], ct);
    }

    private static async Task Add(NpgsqlConnection connection, Movement[] months, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            with furthest as (
                update reached r set month = n.month from (select max(month) as month from unnest($2::date[]) m (month)) n where n.month > r.month
            )
            insert into months (account_id, month, type, lines, added, taken, first_version, last_version)
            select * from unnest($1::uuid[], $2::date[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
            on conflict (account_id, month, type) do update set
                lines = months.lines + excluded.lines, added = months.added + excluded.added, taken = months.taken + excluded.taken,
                last_version = excluded.last_version
            """, connection);
        command.Parameters.Add(new() { Value = Array.ConvertAll(months, m => m.Account) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(months, m => m.Month.First) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(months, m => m.Type) });
        foreach (var column in (Converter<Movement, long>[])[m => m.Lines, m => m.Added, m => m.Taken, m => m.FirstVersion, m => m.LastVersion])
            command.Parameters.Add(new() { Value = Array.ConvertAll(months, column) });
        await command.ExecuteNonQueryAsync(ct);
    }

    // Only an account with a fact from before the latest month of all can have come further than that fact.
    private static async Task<Dictionary<Guid, StatementPeriod>> LatestMonths(NpgsqlConnection connection, List<StoredEvent> facts, CancellationToken ct)
    {
        var latest = new Dictionary<Guid, StatementPeriod>();
        await using var far = new NpgsqlCommand("select month from reached", connection);
        var reached = (DateOnly)(await far.ExecuteScalarAsync(ct))!;
        var early = facts.Where(e => StatementPeriod.Of(((IAccountFact)e.Data).Times().RecordedAt).First < reached).Select(e => e.StreamId).Distinct().ToArray();
        if (early.Length == 0) return latest;
        await using var query = new NpgsqlCommand(
            """
            select a.id, m.month from unnest($1::uuid[]) a (id)
            cross join lateral (select month from months where account_id = a.id order by month desc limit 1) m
            """, connection);
        query.Parameters.Add(new() { Value = early });
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) latest.Add(row.GetGuid(0), new(row.GetFieldValue<DateOnly>(1)));
        return latest;
    }

    private sealed record Movement(Guid Account, StatementPeriod Month, string Type, long Lines, long Added, long Taken, long FirstVersion, long LastVersion)
    {
        public static Movement Of(StoredEvent stored, Dictionary<Guid, StatementPeriod> latest)
        {
            var fact = (IAccountFact)stored.Data;
            var month = StatementPeriod.Of(fact.Times().RecordedAt);
            if (latest.TryGetValue(stored.StreamId, out var before) && before.First > month.First) month = before;
            latest[stored.StreamId] = month;
            var change = LedgerAccount.ChangeOfBalance(AccountId.From(stored.StreamId), fact);
            return new(stored.StreamId, month, stored.Name, change == 0 ? 0 : 1, Math.Max(change, 0), Math.Max(-change, 0), stored.Version, stored.Version);
        }

        public Movement And(Movement later) => this with
        {
            Lines = Lines + later.Lines, Added = checked(Added + later.Added), Taken = checked(Taken + later.Taken), LastVersion = later.LastVersion,
        };
    }
}
