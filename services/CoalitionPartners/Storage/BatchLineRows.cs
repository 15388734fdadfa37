using System.Globalization;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.CoalitionPartners.Storage;

/// <summary>A line as it came in: good, with what the ledger is to be told, or refused.</summary>
internal sealed record BatchLine(int Number, string? TransactionId, string? Content, long? Fingerprint, string? Code, string? Detail);

/// <summary>The rows of batches' lines, a million of them in one batch: copied, compared and answered many at a time.</summary>
internal sealed class BatchLineRows(DocumentStore store)
{
    // A million lines are compared in some seconds; on a busy machine in more.
    private static readonly int Patience = (int)TimeSpan.FromMinutes(10).TotalSeconds;

    /// <summary>Adds lines to a batch that comes in.</summary>
    public async Task Copy(Guid batch, IReadOnlyList<BatchLine> lines, CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using (var copy = await connection.BeginBinaryImportAsync(
            "copy batch_lines (batch, line, transaction_id, content, fingerprint, outcome, code, detail) from stdin (format binary)", ct))
        {
            foreach (var line in lines)
            {
                await copy.StartRowAsync(ct);
                await copy.WriteAsync(batch, NpgsqlDbType.Uuid, ct);
                await copy.WriteAsync(line.Number, NpgsqlDbType.Integer, ct);
                await copy.WriteAsync(line.TransactionId, NpgsqlDbType.Text, ct);
                await copy.WriteAsync(line.Content, NpgsqlDbType.Text, ct);
                if (line.Fingerprint is { } fingerprint) await copy.WriteAsync(fingerprint, NpgsqlDbType.Bigint, ct);
                else await copy.WriteNullAsync(ct);
                await copy.WriteAsync(line.Code is null ? null : LineOutcome.Refused, NpgsqlDbType.Text, ct);
                await copy.WriteAsync(line.Code, NpgsqlDbType.Text, ct);
                await copy.WriteAsync(line.Detail, NpgsqlDbType.Text, ct);
            }

            await copy.CompleteAsync(ct);
        }

        await using var moved = new NpgsqlCommand("update batches set moved_at = now() where id = $1", connection);
        moved.Parameters.Add(new() { Value = batch });
        await moved.ExecuteNonQueryAsync(ct);
    }

    // Nothing is known about the table's content so soon after a million lines came in; an array is looked up in one way only.

    /// <summary>Refuses lines that contradict each other, and all of an atomic batch with a bad one; then the batch can be sent, if any line is left.</summary>
    public Task Check(Guid batch, CancellationToken ct) => Answer(batch, ct,
        """
        update batch_lines set outcome = 'differs', code = 'transaction-differs',
            detail = 'Lines of this file differ under one transaction id. Send the right one under a new id.'
        where batch = $1 and outcome is null and transaction_id = any (array(
            select transaction_id from batch_lines where batch = $1 and outcome is null
            group by transaction_id having min(fingerprint) <> max(fingerprint)))
        """,
        """
        update batch_lines set outcome = 'refused', code = 'batch-refused', detail = 'Another line of this file was refused, and all of them were to be taken or none. Correct it and send the file again.'
        where batch = $1 and outcome is null and (select b.atomic from batches b where b.id = $1)
            and exists (select from batch_lines bad where bad.batch = $1 and bad.outcome is not null)
        """);

    /// <summary>Refuses what has not been sent of a batch that was cancelled.</summary>
    public Task Withdraw(Guid batch, CancellationToken ct) => Answer(batch, ct,
        """
        update batch_lines l set outcome = 'refused', code = 'batch-cancelled', detail = 'The batch was cancelled before this line was sent.'
        from batches b where b.id = $1 and l.batch = $1 and l.line > b.furthest and l.outcome is null
        """,
        "update batches set furthest = 2147483647 where id = $1");

    /// <summary>The next lines that have no outcome.</summary>
    public async Task<IReadOnlyList<(int Number, string Content)>> Unanswered(Guid batch, int after, int limit, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            "select line, content from batch_lines where batch = $1 and line > $2 and outcome is null order by line limit $3");
        query.Parameters.Add(new() { Value = batch });
        query.Parameters.Add(new() { Value = after });
        query.Parameters.Add(new() { Value = limit });
        var lines = new List<(int, string)>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) lines.Add((row.GetInt32(0), row.GetString(1)));
        return lines;
    }

    /// <summary>Writes the ledger's answers; the first one to a line holds, and the counts move with it.</summary>
    public static async Task Write(NpgsqlTransaction transaction, IReadOnlyList<TransactionAnswered> answers, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            with answers as (
                select distinct on (batch, line) * from unnest($1, $2, $3, $4, $5, $6, $7) with ordinality
                    a (batch, line, outcome, code, detail, points, balance, place) order by batch, line, place),
            written as (
                update batch_lines l set outcome = a.outcome, code = a.code, detail = a.detail, points = a.points, balance = a.balance
                from answers a where l.batch = a.batch and l.line = a.line and l.outcome is null returning l.batch, l.outcome),
            counted as (
                select batch, count(*) as all_of_them, count(*) filter (where outcome = 'accepted') as accepted, count(*) filter (where outcome = 'replayed') as replayed,
                    count(*) filter (where outcome = 'refused') as refused, count(*) filter (where outcome = 'differs') as differing
                from written group by batch)
            update batches b set
                accepted = b.accepted + c.accepted, replayed = b.replayed + c.replayed, refused = b.refused + c.refused, differing = b.differing + c.differing,
                moved_at = now(),
                state = case when b.answered + c.all_of_them = b.lines then 'complete' else b.state end,
                completed_at = case when b.answered + c.all_of_them = b.lines then now() end
            from counted c where b.id = c.batch
            """,
            transaction.Connection, transaction);
        Add(NpgsqlDbType.Uuid, a => a.BatchId);
        Add(NpgsqlDbType.Integer, a => a.Line);
        Add(NpgsqlDbType.Text, a => a.Outcome);
        Add(NpgsqlDbType.Text, a => a.Code);
        Add(NpgsqlDbType.Text, a => a.Detail);
        Add(NpgsqlDbType.Bigint, a => a.Points);
        Add(NpgsqlDbType.Bigint, a => a.Balance);
        await command.ExecuteNonQueryAsync(ct);

        void Add<T>(NpgsqlDbType type, Func<TransactionAnswered, T> column) =>
            command.Parameters.Add(new() { Value = answers.Select(column).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    // The counts are taken from the lines again, in the same transaction, and say what is left to do.
    private async Task Answer(Guid batch, CancellationToken ct, params IEnumerable<string> statements)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // Whoever writes answers takes the row last; here it comes first, so that nobody counts in between.
        foreach (var sql in statements.Prepend("select from batches where id = $1 for update").Append(Recount))
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = Patience };
            command.Parameters.Add(new() { Value = batch });
            await command.ExecuteNonQueryAsync(ct);
        }

        await transaction.CommitAsync(ct);
    }

    private static readonly string Recount = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        with counted as (
            select count(*) filter (where outcome = 'accepted') as accepted, count(*) filter (where outcome = 'replayed') as replayed,
                count(*) filter (where outcome = 'refused') as refused, count(*) filter (where outcome = 'differs') as differing
            from batch_lines where batch = $1)
        update batches b set
            accepted = c.accepted, replayed = c.replayed, refused = c.refused, differing = c.differing, moved_at = now(),
            round_from = case when b.state = 'checking' then c.accepted + c.replayed + c.refused + c.differing else b.round_from end,
            state = case when c.accepted + c.replayed + c.refused + c.differing = b.lines then 'complete' when b.check_only then 'checked'
                when b.state = 'checking' then 'sending' else 'awaiting' end,
            completed_at = case when c.accepted + c.replayed + c.refused + c.differing = b.lines or b.check_only then now() end
        from counted c where b.id = $1
        """);
}
