using Loyalty.EventStore;
using Loyalty.PointsLedger.Domain;
using Npgsql;

namespace Loyalty.PointsLedger.Views;

/// <summary>
/// When time will next do something to an account: no later than written here. The sweep takes accounts from here in the order of time.
/// An account whose points never lapse has no row.
/// </summary>
internal sealed class LapseView : IProjection
{
    public string Name => "lapses";

    public string Tables =>
        """
        create table due (account_id uuid not null primary key, due_at timestamptz not null);
        create index due_next on due (due_at);
        """;

    public async Task Apply(NpgsqlConnection connection, IReadOnlyList<StoredEvent> page, CancellationToken ct)
    {
        var due = page.SelectMany(e => Dues(e.Data).Select(at => (Account: e.StreamId, At: at))).GroupBy(d => d.Account)
            .Select(g => (Account: g.Key, At: g.Min(d => d.At))).OrderBy(d => d.Account).ToList();
        if (due.Count == 0) return;
        await using var command = new NpgsqlCommand(Schedule("due"), connection);
        Add(command.Parameters, due);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Notes that accounts are due; an earlier note stays, and is not even locked, because nearly every purchase meets one.</summary>
    public static string Schedule(string table) =>
        $"""
        insert into {table} (account_id, due_at)
        select n.account_id, n.due_at from unnest($1::uuid[], $2::timestamptz[]) n (account_id, due_at)
        where not exists (select from {table} d where d.account_id = n.account_id and d.due_at <= n.due_at)
        on conflict (account_id) do update set due_at = excluded.due_at where excluded.due_at < {table}.due_at
        """;

    public static void Add(NpgsqlParameterCollection parameters, IReadOnlyCollection<(Guid Account, DateTimeOffset At)> due)
    {
        parameters.Add(new() { Value = due.Select(d => d.Account).ToArray() });
        parameters.Add(new() { Value = due.Select(d => d.At.UtcDateTime).ToArray() });
    }

    private static IEnumerable<DateTimeOffset> Dues(object fact) => fact switch
    {
        PointsAccrued e => Instants([e.ExpiresAt, e.ActivatesAt, .. (e.Awards ?? []).SelectMany(a => new[] { a.ExpiresAt, a.ActivatesAt })]),
        PointsReserved e => Instants([e.ReleasesAt]),
        PointsAdjusted e => Instants([e.ExpiresAt]),
        // Points that were set aside beyond their expiry, or spent before it, may come back to life after it.
        ReservationReleased e => Instants(e.Draws.Select(d => d.From.ExpiresAt)),
        ReservationTimedOut e => Instants(e.Draws.Select(d => d.From.ExpiresAt)),
        RedemptionReversed e => Instants(e.Draws.Select(d => d.From.ExpiresAt)),
        PointsReceived e => Instants(e.Lots.SelectMany(lot => new[] { lot.As.ExpiresAt, lot.As.ActivatesAt > e.RecordedAt ? lot.As.ActivatesAt : null })),
        TierChanged e => Instants([e.CheckAt]),
        DowngradeAnnounced e => [e.EffectiveAt],
        _ => [],
    };

    private static IEnumerable<DateTimeOffset> Instants(IEnumerable<DateTimeOffset?> all) => all.Where(at => at is not null).Select(at => at!.Value);
}
