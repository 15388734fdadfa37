using System.Text.Json;
using Loyalty.EventStore;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;
using Npgsql;

namespace Loyalty.PointsLedger.Storage;

/// <summary>What is asked of history.</summary>
/// <param name="From">The first instant of purchase that is rated again.</param>
/// <param name="Until">The first instant that is out.</param>
/// <param name="Offer">A draft of an offer, or of a new version of one.</param>
/// <param name="Programme">A draft of the programme.</param>
/// <param name="Replaces">The id of an offer that is left out.</param>
internal sealed record WhatIfQuestion(DateTimeOffset From, DateTimeOffset Until, JsonElement? Offer = null, JsonElement? Programme = null, string? Replaces = null);

/// <param name="EventsRead">Events of accounts that were gone through.</param>
/// <param name="EventsAbout">About how many there are.</param>
/// <param name="Accounts">Accounts that were gone through.</param>
/// <param name="Purchases">Purchases that were rated again.</param>
internal sealed record WhatIfProgress(long EventsRead, long EventsAbout, long Accounts, long Purchases);

/// <summary>A what-if as it stands.</summary>
/// <param name="State"><c>queued</c>, <c>running</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="Problem">Why it failed.</param>
/// <param name="Report">What came out, once it is done.</param>
internal sealed record WhatIf(
    Guid Id, string State, string AskedBy, DateTimeOffset AskedAt, DateTimeOffset? EndedAt, WhatIfQuestion Asked, WhatIfProgress Progress,
    string? Problem, WhatIfReport? Report);

/// <summary>The questions that wait, run and are answered, whichever replica was asked.</summary>
internal sealed class WhatIfRows(DocumentStore store)
{
    /// <summary>So many may wait or run at a time.</summary>
    public const int MostWaiting = 10;

    private const int MostAttempts = 3;

    /// <summary>False when too many wait already.</summary>
    public async Task<bool> TryAdd(Guid id, WhatIfQuestion asked, string askedBy, CancellationToken ct) => await Execute(
        """
        insert into what_ifs (id, asked, asked_by)
        select $1, $2::jsonb, $3 where (select count(*) from what_ifs where state in ('queued', 'running')) < $4
        """, ct, id, JsonSerializer.Serialize(asked, StrictJson.Options), askedBy, (long)MostWaiting) == 1;

    public async Task<WhatIf?> Find(Guid id, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            "select state, asked_by, asked_at, ended_at, asked, events_read, events_about, accounts, purchases, problem, report from what_ifs where id = $1");
        query.Parameters.Add(new() { Value = id });
        await using var row = await query.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) return null;
        return new(
            id, row.GetString(0), row.GetString(1), new(row.GetDateTime(2), TimeSpan.Zero), row.IsDBNull(3) ? null : new(row.GetDateTime(3), TimeSpan.Zero),
            JsonSerializer.Deserialize<WhatIfQuestion>(row.GetString(4), StrictJson.Options)!,
            new(row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8)), row.IsDBNull(9) ? null : row.GetString(9),
            row.IsDBNull(10) ? null : JsonSerializer.Deserialize<WhatIfReport>(row.GetString(10), StrictJson.Options));
    }

    /// <summary>Those that wait or run, the oldest first.</summary>
    public async Task<IReadOnlyList<Guid>> Open(CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand("select id from what_ifs where state in ('queued', 'running') order by asked_at, id");
        var open = new List<Guid>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) open.Add(row.GetGuid(0));
        return open;
    }

    /// <summary>Begins, or begins anew; false when there is nothing to be done. One that was cut off too often is given up.</summary>
    public async Task<bool> Begin(Guid id, CancellationToken ct)
    {
        await Execute(
            """
            update what_ifs set state = 'failed', ended_at = now(), problem = 'The service stopped while it ran, several times over. Ask for a shorter period.'
            where id = $1 and state = 'running' and attempts >= $2
            """, ct, id, MostAttempts);
        return await Execute(
            """
            update what_ifs set state = 'running', attempts = attempts + 1, events_read = 0, accounts = 0, purchases = 0
            where id = $1 and state in ('queued', 'running')
            """, ct, id) == 1;
    }

    /// <summary>Notes how far it has come; false when it has been cancelled.</summary>
    public async Task<bool> Note(Guid id, WhatIfProgress progress, CancellationToken ct) => await Execute(
        "update what_ifs set events_read = $2, events_about = $3, accounts = $4, purchases = $5 where id = $1 and state = 'running'",
        ct, id, progress.EventsRead, progress.EventsAbout, progress.Accounts, progress.Purchases) == 1;

    public Task Finish(Guid id, WhatIfReport report, CancellationToken ct) => Execute(
        "update what_ifs set state = 'done', ended_at = now(), report = $2::jsonb where id = $1 and state = 'running'",
        ct, id, JsonSerializer.Serialize(report, StrictJson.Options));

    public Task Fail(Guid id, string problem, CancellationToken ct) =>
        Execute("update what_ifs set state = 'failed', ended_at = now(), problem = $2 where id = $1 and state = 'running'", ct, id, problem);

    /// <summary>Cancels what waits or runs; what has ended stays as it is.</summary>
    public Task Cancel(Guid id, CancellationToken ct) =>
        Execute("update what_ifs set state = 'cancelled', ended_at = now() where id = $1 and state in ('queued', 'running')", ct, id);

    private async Task<int> Execute(string sql, CancellationToken ct, params object[] parameters)
    {
        await using var command = store.DataSource.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return await command.ExecuteNonQueryAsync(ct);
    }
}
