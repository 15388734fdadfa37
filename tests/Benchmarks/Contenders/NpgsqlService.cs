using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.Benchmarks.Contenders;

/// <summary>
/// (c) One transaction per request on plain Npgsql, as a careful engineer writes it: prepared statements, a row lock on the account,
/// and two round trips: what is needed to decide, and everything that follows from it with its commit.
/// </summary>
internal static class NpgsqlService
{
    public static Task<int> Run(string[] args) => PlainService.Run(
        args,
        builder => builder.Services.AddSingleton(NpgsqlDataSource.Create(builder.Configuration.GetConnectionString("Database")!)),
        (posting, http) => Post(posting, http.RequestServices.GetRequiredService<NpgsqlDataSource>(), http.RequestAborted));

    private static async Task<IResult> Post(PlainPosting posting, NpgsqlDataSource database, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var hash = posting.Hash();
        var (known, account) = await Read(connection, posting, ct);
        if (known is { } earlier || account is null || account.Value.Balance + posting.Points < 0)
        {
            await using var rollback = new NpgsqlCommand("rollback", connection);
            await rollback.ExecuteNonQueryAsync(ct);
            return known is null ? PlainService.Refused(account is null ? 404 : 422)
                : known.Value.Hash.AsSpan().SequenceEqual(hash) ? PlainService.Kept(known.Value.Answer) : PlainService.Refused(422);
        }

        var answer = posting.Answer(account.Value.Id, account.Value.Balance + posting.Points, account.Value.Version + 1);
        await Write(connection, posting, hash, answer, ct);
        return PlainService.Created(answer);
    }

    private static async Task<((byte[] Hash, string Answer)? Known, (Guid Id, long Balance, long Version)? Account)> Read(
        NpgsqlConnection connection, PlainPosting posting, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("begin"),
                new("select payload_hash, answer from posted where partner_id = $1 and transaction_id = $2")
                {
                    Parameters = { Uuid(PlainPosting.Partner), Text(posting.TransactionId) },
                },
                new("""
                    select b.account_id, b.balance, s.version from cards c join stores t on t.code = $2
                    join balances b on b.account_id = c.account_id join mt_streams s on s.id = c.account_id
                    where c.scanned = $1 for update of b, s
                    """)
                {
                    Parameters = { Text(posting.Card), Text(posting.Store) },
                },
            },
        };
        await using var row = await batch.ExecuteReaderAsync(ct);
        (byte[], string)? known = await row.ReadAsync(ct) ? (row.GetFieldValue<byte[]>(0), row.GetString(1)) : null;
        await row.NextResultAsync(ct);
        (Guid, long, long)? account = await row.ReadAsync(ct) ? (row.GetGuid(0), row.GetInt64(1), row.GetInt64(2)) : null;
        return (known, account);
    }

    private static async Task Write(NpgsqlConnection connection, PlainPosting posting, byte[] hash, PlainAnswer answer, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("update balances set balance = $2 where account_id = $1") { Parameters = { Uuid(answer.Account), Number(answer.Balance) } },
                new("update mt_streams set version = $2, timestamp = now() where id = $1") { Parameters = { Uuid(answer.Account), Number(answer.Version) } },
                new("insert into mt_events (id, stream_id, version, type, data) values ($1, $2, $3, $4, $5)")
                {
                    Parameters = { Uuid(Guid.CreateVersion7()), Uuid(answer.Account), Number(answer.Version), Text(posting.EventType), Json(posting.Event()) },
                },
                new("insert into posted (partner_id, transaction_id, payload_hash, answer) values ($1, $2, $3, $4)")
                {
                    Parameters =
                    {
                        Uuid(PlainPosting.Partner), Text(posting.TransactionId), new NpgsqlParameter<byte[]> { TypedValue = hash },
                        Json(JsonSerializer.Serialize(answer, PlainJson.Default.PlainAnswer)),
                    },
                },
                new("commit"),
            },
        };
        await batch.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlParameter<Guid> Uuid(Guid value) => new() { TypedValue = value };

    private static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value };

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    private static NpgsqlParameter<string> Json(string value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Jsonb };
}
