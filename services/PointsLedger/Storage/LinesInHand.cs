using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.EventStore;
using Loyalty.Messaging;
using Npgsql;

namespace Loyalty.PointsLedger.Storage;

/// <summary>
/// Which lines of batches are being posted. It is written before they are, and cleared with the inbox row of their page; so a line that
/// comes again because the service died in between is known as the one that was posted.
/// </summary>
internal sealed class LinesInHand(DocumentStore store)
{
    /// <summary>
    /// Takes lines in hand whose transactions are not recorded yet; of two under one id the first. Returns all that are in hand, also since
    /// an earlier delivery.
    /// </summary>
    public async Task<IReadOnlySet<(Guid Batch, int Line)>> Take(IReadOnlyList<TransactionSubmitted> submitted, CancellationToken ct)
    {
        var taken = new HashSet<(Guid, int)>();
        if (submitted.Count == 0) return taken;
        await using (var take = store.DataSource.CreateCommand(
            """
            insert into lines_in_hand (partner_id, transaction_id, batch_id, line)
            select k.partner_id, k.transaction_id, k.batch_id, k.line
            from unnest($1, $2, $3, $4) with ordinality k (partner_id, transaction_id, batch_id, line, place)
            where not exists (select from transactions t where t.partner_id = k.partner_id and t.transaction_id = k.transaction_id)
            order by k.place
            on conflict do nothing
            """))
        {
            AddKeys(take.Parameters, submitted);
            take.Parameters.Add(new() { Value = submitted.Select(s => s.BatchId!.Value).ToArray() });
            take.Parameters.Add(new() { Value = submitted.Select(s => s.Line!.Value).ToArray() });
            await take.ExecuteNonQueryAsync(ct);
        }

        await using var read = store.DataSource.CreateCommand(
            """
            select l.batch_id, l.line from unnest($1, $2) k (partner_id, transaction_id)
            join lines_in_hand l on l.partner_id = k.partner_id and l.transaction_id = k.transaction_id
            """);
        AddKeys(read.Parameters, submitted);
        await using var row = await read.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) taken.Add((row.GetGuid(0), row.GetInt32(1)));
        return taken;
    }

    /// <summary>Puts lines away in the transaction after which they don't come again.</summary>
    public static async Task PutAway(InboxTransaction inbox, IReadOnlyList<TransactionSubmitted> submitted, CancellationToken ct)
    {
        if (submitted.Count == 0) return;
        await using var command = new NpgsqlCommand(
            """
            delete from lines_in_hand l using unnest($1, $2) k (partner_id, transaction_id)
            where l.partner_id = k.partner_id and l.transaction_id = k.transaction_id
            """,
            inbox.Transaction.Connection, inbox.Transaction);
        AddKeys(command.Parameters, submitted);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static void AddKeys(NpgsqlParameterCollection parameters, IReadOnlyList<TransactionSubmitted> submitted)
    {
        parameters.Add(new() { Value = submitted.Select(s => s.PartnerId).ToArray() });
        parameters.Add(new() { Value = submitted.Select(s => s.TransactionId).ToArray() });
    }
}
