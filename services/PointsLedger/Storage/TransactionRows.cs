using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
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

/// <summary>What names a transaction, for ever.</summary>
internal readonly record struct TransactionKey(PartnerId Partner, TransactionId Id);

/// <summary>One transaction of a partner: the fact it became and what was answered.</summary>
/// <param name="Account">The account; null for a refusal, for a reversal that came before its original, and for the id it voided.</param>
/// <param name="Version">The version of its fact in the account's stream.</param>
/// <param name="Original">The id of the transaction that it returns, captures, releases or reverses.</param>
/// <param name="Refused">Whether it was refused for ever.</param>
/// <param name="PayloadHash">Tells an honest repeat from another request under the same id; null for an id that was voided.</param>
/// <param name="Answer">The answer or the refusal as stored; null for an id that was voided.</param>
internal sealed record TransactionRow(
    TransactionKey Key, string Kind, AccountId? Account = null, long? Version = null, TransactionId? Original = null,
    bool Refused = false, byte[]? PayloadHash = null, string? Answer = null)
{
    /// <summary>The fact, where the answer is made of it again; it is stored in the account's stream, not here.</summary>
    public IAccountFact? Fact { get; init; }

    /// <summary>Whether the transaction has no effect and never will have.</summary>
    public bool IsWithoutEffect => Refused || Kind == TransactionKind.Voided;
}

/// <summary>A transaction that another one refers to, its fact first and then the facts of those that have referred to it, in order.</summary>
internal sealed record Original(TransactionRow Row, IReadOnlyList<object> Facts)
{
    /// <summary>The account in which it is decided what becomes of it: where it was posted, or what that has been merged into.</summary>
    public AccountId? Home { get; init; } = Row.Account;
}

/// <summary>
/// The permanent record of transactions. Its primary key makes an id mean one thing for ever, and is where a reversal and its late
/// original meet: both insert the original's id, so one of the two finds it taken and decides again.
/// </summary>
internal sealed class TransactionRows(DocumentStore store)
{
    private const string Columns = "t.kind, t.account_id, t.version, t.original, t.refused, t.payload_hash, t.answer";

    /// <summary>Whether an insert failed because one of the ids is taken.</summary>
    public static bool IsTaken(PostgresException e) =>
        e.SqlState == PostgresErrorCodes.UniqueViolation && e.TableName?.StartsWith("transactions", StringComparison.Ordinal) == true;

    public static NpgsqlBatchCommand Insert(IReadOnlyCollection<TransactionRow> rows)
    {
        var command = new NpgsqlBatchCommand(
            """
            insert into transactions (partner_id, transaction_id, kind, account_id, version, original, refused, payload_hash, answer)
            select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """);
        Add(NpgsqlDbType.Uuid, row => row.Key.Partner.Value);
        Add(NpgsqlDbType.Text, row => row.Key.Id.Value);
        Add(NpgsqlDbType.Text, row => row.Kind);
        Add(NpgsqlDbType.Uuid, row => row.Account?.Value);
        Add(NpgsqlDbType.Bigint, row => row.Version);
        Add(NpgsqlDbType.Text, row => row.Original?.Value);
        Add(NpgsqlDbType.Boolean, row => row.Refused);
        Add(NpgsqlDbType.Bytea, row => row.PayloadHash);
        Add(NpgsqlDbType.Text, row => row.Answer);
        return command;

        void Add<T>(NpgsqlDbType type, Func<TransactionRow, T> column) =>
            command.Parameters.Add(new() { Value = rows.Select(column).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    /// <summary>The row of one id, or null.</summary>
    public async Task<TransactionRow?> Find(TransactionKey key, CancellationToken ct) => (await FindAll([key], ct)).GetValueOrDefault(key);

    /// <summary>The account where a transaction can be referred to: the one it was posted to, or what that has been merged into.</summary>
    public async Task<AccountId?> Home(TransactionKey key, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand("select home_of(account_id) from transactions where partner_id = $1 and transaction_id = $2");
        query.Parameters.Add(new() { Value = key.Partner.Value });
        query.Parameters.Add(new() { Value = key.Id.Value });
        return await query.ExecuteScalarAsync(ct) is Guid home ? AccountId.From(home) : null;
    }

    /// <summary>The rows there are of so many ids.</summary>
    public async Task<Dictionary<TransactionKey, TransactionRow>> FindAll(IReadOnlyCollection<TransactionKey> keys, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            $"""
            select t.partner_id, t.transaction_id, {Columns}, e.type, e.data from unnest($1, $2) k (partner_id, transaction_id)
            join transactions t on t.partner_id = k.partner_id and t.transaction_id = k.transaction_id
            left join mt_events e on t.kind = '{TransactionKind.Purchase}' and e.stream_id = t.account_id and e.version = t.version
            """);
        Add(query, keys);
        var found = new Dictionary<TransactionKey, TransactionRow>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            var key = new TransactionKey(new(row.GetGuid(0)), TransactionId.From(row.GetString(1)));
            found[key] = Read(row, key, 2) with { Fact = row.IsDBNull(9) ? null : (IAccountFact)store.Types.Read(row.GetString(9), row.GetString(10)) };
        }

        return found;
    }

    /// <summary>
    /// The originals there are among so many ids, with their facts: of a purchase with whatever has expired since, of a redemption with vouchers
    /// redeemed since, and of both with the moves of their accounts into others. Read it after the accounts were fetched for writing: whatever is
    /// added in between moves an account on, and the append is refused.
    /// </summary>
    public async Task<Dictionary<TransactionKey, Original>> Originals(IReadOnlyCollection<TransactionKey> keys, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            $"""
            select t.partner_id, t.transaction_id, {Columns}, e.type, e.data, e.stream_id, home_of(t.account_id)
            from unnest($1, $2) k (partner_id, transaction_id)
            join transactions t on t.partner_id = k.partner_id and t.transaction_id = k.transaction_id
            left join lateral (
                select t.account_id as stream_id, t.version union all
                select r.account_id, r.version from transactions r where r.partner_id = k.partner_id and r.original = k.transaction_id
                union all
                select x.stream_id, x.version from mt_events x
                where t.kind in ('purchase', 'redemption', 'capture') and x.stream_id = t.account_id and x.version > t.version
                    and x.type in ('points-received', case t.kind when 'purchase' then 'points-expired' else 'voucher-redeemed' end)
                union all
                select x.stream_id, x.version from homes_of(t.account_id) h join mt_events x on x.stream_id = h
                where t.kind in ('purchase', 'redemption', 'capture')
                    and x.type in ('points-received', case t.kind when 'purchase' then 'points-expired' else 'voucher-redeemed' end)
                    and x.seq_id > (select o.seq_id from mt_events o where o.stream_id = t.account_id and o.version = t.version)
            ) f on f.version is not null
            left join mt_events e on e.stream_id = f.stream_id and e.version = f.version
            order by t.partner_id, t.transaction_id, e.seq_id
            """);
        Add(query, keys);
        var found = new Dictionary<TransactionKey, Original>();
        var places = new Dictionary<TransactionKey, AccountId?>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            var key = new TransactionKey(new(row.GetGuid(0)), TransactionId.From(row.GetString(1)));
            if (!found.TryGetValue(key, out var original))
            {
                original = new(Read(row, key, 2), []) { Home = row.IsDBNull(12) ? null : AccountId.From(row.GetGuid(12)) };
                places[key] = original.Row.Account;
            }

            found[key] = original;
            if (row.IsDBNull(9)) continue;
            var (fact, stream) = (store.Types.Read(row.GetString(9), row.GetString(10)), AccountId.From(row.GetGuid(11)));
            if (!Concerns(fact, stream, places[key])) continue;
            if (fact is PointsReceived) places[key] = stream;
            found[key] = original with { Facts = [.. original.Facts, fact] };
        }

        return found;
    }

    // Points of other transactions come and expire in the same accounts; those of this one where it is at the time.
    private static bool Concerns(object fact, AccountId stream, AccountId? place) => fact switch
    {
        PointsReceived e => e.Kind != TransferKind.Gift && e.From == place,
        PointsExpired => stream == place,
        _ => true,
    };

    private static void Add(NpgsqlCommand query, IReadOnlyCollection<TransactionKey> keys)
    {
        query.Parameters.Add(new() { Value = keys.Select(k => k.Partner.Value).ToArray() });
        query.Parameters.Add(new() { Value = keys.Select(k => k.Id.Value).ToArray() });
    }

    private static TransactionRow Read(NpgsqlDataReader row, TransactionKey key, int at) => new(
        key, row.GetString(at),
        row.IsDBNull(at + 1) ? null : AccountId.From(row.GetGuid(at + 1)),
        row.IsDBNull(at + 2) ? null : row.GetInt64(at + 2),
        row.IsDBNull(at + 3) ? null : TransactionId.From(row.GetString(at + 3)),
        row.GetBoolean(at + 4),
        row.IsDBNull(at + 5) ? null : row.GetFieldValue<byte[]>(at + 5),
        row.IsDBNull(at + 6) ? null : row.GetString(at + 6));
}
