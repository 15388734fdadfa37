using Loyalty.EventStore;
using Loyalty.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.PointsLedger.Storage;

/// <summary>What a transaction of a partner is, as stored.</summary>
internal static class TransactionKind
{
    public const string Purchase = "purchase";
    public const string Return = "return";
    public const string Redemption = "redemption";
    public const string Reservation = "reservation";
    public const string Capture = "capture";
    public const string Release = "release";
    public const string Reversal = "reversal";

    /// <summary>An id that was reversed before its transaction arrived.</summary>
    public const string Voided = "voided";
}

/// <summary>One transaction of a partner and the fact it became.</summary>
/// <param name="Account">The account; null for a reversal that came before its original, and for the id it voided.</param>
/// <param name="Version">The version of its fact in the account's stream.</param>
/// <param name="Original">The id of the transaction that it returns, captures, releases or reverses.</param>
internal sealed record TransactionRow(
    PartnerId Partner, TransactionId Id, string Kind, AccountId? Account = null, long? Version = null, TransactionId? Original = null);

/// <summary>
/// The table that finds the fact behind a partner's transaction id. Its primary key is also where a reversal and its late original
/// meet: both insert the original's id, so one of the two finds it taken and decides again.
/// </summary>
internal sealed class TransactionRows(DocumentStore store)
{
    public static NpgsqlBatchCommand Insert(TransactionRow row) => new(
        "insert into transactions (partner_id, transaction_id, kind, account_id, version, original) values ($1, $2, $3, $4, $5, $6)")
    {
        Parameters =
        {
            new() { Value = row.Partner.Value },
            new() { Value = row.Id.Value },
            new() { Value = row.Kind },
            new() { Value = (object?)row.Account?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
            new() { Value = (object?)row.Version ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
            new() { Value = (object?)row.Original?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
        },
    };

    public async Task<TransactionRow?> Find(PartnerId partner, TransactionId id, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            "select kind, account_id, version, original from transactions where partner_id = $1 and transaction_id = $2");
        query.Parameters.Add(new() { Value = partner.Value });
        query.Parameters.Add(new() { Value = id.Value });
        await using var row = await query.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) return null;
        return new TransactionRow(
            partner, id, row.GetString(0),
            row.IsDBNull(1) ? null : AccountId.From(row.GetGuid(1)),
            row.IsDBNull(2) ? null : row.GetInt64(2),
            row.IsDBNull(3) ? null : TransactionId.From(row.GetString(3)));
    }

    /// <summary>
    /// The fact of a transaction and those of the transactions that refer to it, in order. Read it after the account was fetched for
    /// writing: whatever is added in between moves the account on, and the append is refused.
    /// </summary>
    public async Task<IReadOnlyList<object>> Facts(TransactionRow original, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            """
            select e.type, e.data from transactions t join mt_events e on e.stream_id = t.account_id and e.version = t.version
            where t.partner_id = $1 and t.account_id = $2 and (t.transaction_id = $3 or t.original = $3) order by e.version
            """);
        query.Parameters.Add(new() { Value = original.Partner.Value });
        query.Parameters.Add(new() { Value = original.Account!.Value.Value });
        query.Parameters.Add(new() { Value = original.Id.Value });
        var facts = new List<object>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) facts.Add(store.Types.Read(row.GetString(0), row.GetString(1)));
        return facts;
    }
}
