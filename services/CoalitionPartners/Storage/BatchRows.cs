using Loyalty.CoalitionPartners.Domain;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Npgsql;

namespace Loyalty.CoalitionPartners.Storage;

/// <summary>A batch that is to be received.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Partner">Whose it is.</param>
/// <param name="SubmittedBy">Who sent it, as the ledger shall name the cause of its postings.</param>
/// <param name="Atomic">Whether one bad line refuses all.</param>
/// <param name="CheckOnly">Whether it is to be checked and not sent.</param>
internal sealed record NewBatch(Guid Id, PartnerId Partner, string SubmittedBy, bool Atomic, bool CheckOnly);

/// <summary>What a partner had sent under a key before.</summary>
internal sealed record KnownBatch(Guid Id, byte[] Sha256, bool Atomic, bool CheckOnly);

/// <summary>A batch that is not done with, as its sending needs it.</summary>
/// <param name="Cancelled">Whether it was cancelled and still holds what has not been sent.</param>
/// <param name="Still">How long nothing was received, sent or answered.</param>
/// <param name="AnsweredInRound">Lines answered since the round began.</param>
internal sealed record OpenBatch(
    Guid Id, BatchState State, bool Cancelled, int Round, int SentInRound, int AnsweredInRound, int SentUpTo, TimeSpan Still);

/// <summary>The rows of batches. Each step is one statement, so that a batch stands where its row says, whenever the service dies.</summary>
internal sealed class BatchRows(DocumentStore store)
{
    public Task Begin(NewBatch batch, CancellationToken ct) => Execute(
        "insert into batches (id, partner, submitted_by, atomic, check_only, state) values ($1, $2, $3, $4, $5, 'receiving')", ct,
        batch.Id, batch.Partner.Value, batch.SubmittedBy, batch.Atomic, batch.CheckOnly);

    /// <summary>All lines are there. False when the partner has a batch under this key already.</summary>
    public async Task<bool> TryReceive(Guid id, string key, byte[] sha256, int lines, int refused, CancellationToken ct)
    {
        try
        {
            var received = await Execute(
                "update batches set state = 'checking', key = $2, sha256 = $3, lines = $4, refused = $5, moved_at = now() where id = $1 and state = 'receiving'", ct,
                id, key, sha256, lines, refused);
            return received == 1 ? true : throw new TimeoutException("The batch took too long to come in and was given up.");
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    public async Task<KnownBatch?> Find(PartnerId partner, string key, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand("select id, sha256, atomic, check_only from batches where partner = $1 and key = $2");
        query.Parameters.Add(new() { Value = partner.Value });
        query.Parameters.Add(new() { Value = key });
        await using var row = await query.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new(row.GetGuid(0), row.GetFieldValue<byte[]>(1), row.GetBoolean(2), row.GetBoolean(3)) : null;
    }

    /// <summary>Forgets a batch that did not come in as a whole.</summary>
    public Task Discard(Guid id, CancellationToken ct) => Execute(
        "with gone as (delete from batches where id = $1 and state = 'receiving' returning id) delete from batch_lines l using gone where l.batch = gone.id", ct, id);

    /// <summary>Asks for what has not been sent yet to stay unsent; false when all has been sent.</summary>
    public async Task<bool> Cancel(Guid id, CancellationToken ct) => await Execute(
        "update batches set cancelled = true where id = $1 and (cancelled or state in ('checking', 'sending'))", ct, id) == 1;

    public async Task<IReadOnlyList<OpenBatch>> Open(CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            """
            select id, state, cancelled and furthest < 2147483647, round, round_sent, answered - round_from, sent_up_to, now() - moved_at
            from batches where state in ('receiving', 'checking', 'sending', 'awaiting') order by id
            """);
        var open = new List<OpenBatch>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            open.Add(new(row.GetGuid(0), Enum.Parse<BatchState>(row.GetString(1), ignoreCase: true), row.GetBoolean(2), row.GetInt32(3), row.GetInt32(4),
                row.GetInt32(5), row.GetInt32(6), row.GetTimeSpan(7)));
        }

        return open;
    }

    /// <summary>Lines up to this one are about to be sent.</summary>
    public Task Sending(Guid id, int upTo, CancellationToken ct) => Execute("update batches set furthest = greatest(furthest, $2) where id = $1", ct, id, upTo);

    /// <summary>They were sent.</summary>
    public Task Sent(Guid id, int upTo, int lines, CancellationToken ct) => Execute(
        "update batches set sent_up_to = $2, round_sent = round_sent + $3, moved_at = now() where id = $1", ct, id, upTo, lines);

    /// <summary>Nothing is left to send in this round.</summary>
    public Task Await(Guid id, CancellationToken ct) => Execute(
        "update batches set state = case when answered = lines then 'complete' else 'awaiting' end, completed_at = case when answered = lines then now() end "
        + "where id = $1 and state = 'sending'", ct, id);

    /// <summary>Begins from the first line that has no answer.</summary>
    public Task BeginRound(Guid id, CancellationToken ct) => Execute(
        """
        update batches set round = round + 1, round_sent = 0, round_from = answered, sent_up_to = 0, moved_at = now(), state = 'sending'
        where id = $1 and state in ('sending', 'awaiting')
        """, ct, id);

    private async Task<int> Execute(string sql, CancellationToken ct, params object[] parameters)
    {
        await using var command = store.DataSource.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return await command.ExecuteNonQueryAsync(ct);
    }
}
