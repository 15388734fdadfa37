using Loyalty.EventStore;
using Loyalty.Kernel;
using Npgsql;

namespace Loyalty.CoalitionPartners.Storage;

/// <summary>A reconciliation that is to be received.</summary>
/// <param name="SubmittedBy">Who sent the book.</param>
/// <param name="From">The period's first instant.</param>
/// <param name="Until">The first instant after it.</param>
/// <param name="Rule">Version of the matching rule.</param>
/// <param name="Batch">The batch whose lines are the book; null for a file.</param>
internal sealed record NewReconciliation(Guid Id, PartnerId Partner, string SubmittedBy, DateTimeOffset From, DateTimeOffset Until, int Rule, Guid? Batch);

/// <summary>What a partner had sent under a key before.</summary>
internal sealed record KnownReconciliation(Guid Id, byte[] Sha256, DateTimeOffset From, DateTimeOffset Until, int Rule);

/// <summary>A reconciliation on its way, as the worker needs it.</summary>
/// <param name="IsMatched">Whether its lines have been paired.</param>
/// <param name="Items">Items found so far.</param>
/// <param name="FoundLine">Lines up to this one have their items.</param>
/// <param name="FoundEvent">Transactions without a line up to this one have their items.</param>
internal sealed record OpenReconciliation(
    Guid Id, PartnerId Partner, DateTimeOffset From, DateTimeOffset Until, int Rule, bool IsMatched, int Items, int FoundLine, Guid FoundEvent);

/// <summary>The rows of reconciliations. Each step is one transaction, so that a reconciliation stands where its row says, whenever the service dies.</summary>
internal sealed class ReconciliationRows(DocumentStore store)
{
    // An upload that has not ended by then is nobody's any more.
    private const string Abandoned = "state = 'receiving' and received_at < now() - interval '1 hour'";

    public Task Begin(NewReconciliation r, CancellationToken ct) => Execute(
        "insert into reconciliations (id, partner, submitted_by, from_time, until_time, rule, batch, state) values ($1, $2, $3, $4, $5, $6, $7, 'receiving')", ct,
        r.Id, r.Partner.Value, r.SubmittedBy, r.From.ToUniversalTime(), r.Until.ToUniversalTime(), r.Rule, r.Batch ?? (object)DBNull.Value);

    /// <summary>All lines are there. False when the partner has a reconciliation under this key already.</summary>
    public async Task<bool> TryReceive(Guid id, string key, byte[] sha256, int lines, CancellationToken ct)
    {
        try
        {
            var received = await Execute(
                "update reconciliations set state = 'matching', key = $2, sha256 = $3, lines = $4 where id = $1 and state = 'receiving'", ct, id, key, sha256, lines);
            return received == 1 ? true : throw new TimeoutException("The file took too long to come in and was given up.");
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    public async Task<KnownReconciliation?> Find(PartnerId partner, string key, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand("select id, sha256, from_time, until_time, rule from reconciliations where partner = $1 and key = $2");
        query.Parameters.Add(new() { Value = partner.Value });
        query.Parameters.Add(new() { Value = key });
        await using var row = await query.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct)
            ? new(row.GetGuid(0), row.GetFieldValue<byte[]>(1), row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<DateTimeOffset>(3), row.GetInt32(4))
            : null;
    }

    /// <summary>Forgets one that did not come in as a whole.</summary>
    public Task Discard(Guid id, CancellationToken ct) => Discard("id = $1 and state = 'receiving'", ct, id);

    /// <summary>Forgets what nobody has gone on sending.</summary>
    public Task DiscardAbandoned(CancellationToken ct) => Discard(Abandoned, ct);

    public async Task<IReadOnlyList<OpenReconciliation>> Open(CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            """
            select id, partner, from_time, until_time, rule, state = 'finding', items, found_line, found_event
            from reconciliations where state in ('matching', 'finding') order by id
            """);
        var open = new List<OpenReconciliation>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            open.Add(new(
                row.GetGuid(0), new(row.GetGuid(1)), row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<DateTimeOffset>(3), row.GetInt32(4),
                row.GetBoolean(5), row.GetInt32(6), row.GetInt32(7), row.GetGuid(8)));
        }

        return open;
    }

    private Task Discard(string which, CancellationToken ct, params object[] parameters) => Execute(
        $"with gone as (delete from reconciliations where {which} returning id) delete from reconciliation_lines l using gone where l.reconciliation = gone.id", ct, parameters);

    private async Task<int> Execute(string sql, CancellationToken ct, params object[] parameters)
    {
        await using var command = store.DataSource.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return await command.ExecuteNonQueryAsync(ct);
    }
}
