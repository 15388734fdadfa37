using System.Security.Cryptography;
using System.Text.Json;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.Commands;

/// <summary>What makes two requests the same one: scope and key, and what tells an honest repeat from a different request.</summary>
internal sealed record RequestIdentity(Guid Scope, string Key, string Command, byte[] PayloadHash)
{
    public static RequestIdentity Of<TCommand>(TCommand command, IExactlyOnce once) where TCommand : notnull =>
        new(once.Scope, once.Key, typeof(TCommand).Name, SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(command, OutcomeRecords.Json)));

    public bool IsRepeatedBy(string command, ReadOnlySpan<byte> payloadHash) =>
        string.Equals(Command, command, StringComparison.Ordinal) && payloadHash.SequenceEqual(PayloadHash);
}

/// <summary>The permanent record of outcomes, one row per (scope, key).</summary>
internal sealed class OutcomeRecords(DocumentStore store)
{
    // Storage format: neither hashes nor answers may change with the options of the HTTP interface.
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.General);

    public async Task<Outcome<TAnswer>?> Find<TAnswer>(RequestIdentity identity, CancellationToken cancellationToken)
    {
        await using var query = store.DataSource.CreateCommand("select command, payload_hash, outcome, answer from exactly_once where scope = $1 and key = $2");
        query.Parameters.Add(new() { Value = identity.Scope });
        query.Parameters.Add(new() { Value = identity.Key });
        await using var row = await query.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
            return null;
        if (!identity.IsRepeatedBy(row.GetString(0), row.GetFieldValue<byte[]>(1)))
        {
            return new Outcome<TAnswer>.Refused(
                new Refusal("transaction-differs", "This id was used before for a different request. Repeat that request unchanged, or use a new id."),
                Remember: false);
        }
        var answer = row.GetString(3);
        return row.GetString(2) switch
        {
            "accepted" => new Outcome<TAnswer>.Accepted(JsonSerializer.Deserialize<TAnswer>(answer, Json)!),
            "refused" => new Outcome<TAnswer>.Refused(JsonSerializer.Deserialize<Refusal>(answer, Json)!),
            var other => throw new InvalidOperationException($"The outcome '{other}' is unknown."),
        };
    }

    public static NpgsqlBatchCommand Insert<TAnswer>(RequestIdentity identity, Outcome<TAnswer> outcome)
    {
        var (name, answer) = outcome switch
        {
            Outcome<TAnswer>.Accepted accepted => ("accepted", JsonSerializer.Serialize(accepted.Answer, Json)),
            Outcome<TAnswer>.Refused refused => ("refused", JsonSerializer.Serialize(refused.Refusal, Json)),
            _ => throw new InvalidOperationException("An invalid command has no outcome to keep."),
        };
        return new NpgsqlBatchCommand("insert into exactly_once (scope, key, command, payload_hash, outcome, answer) values ($1, $2, $3, $4, $5, $6)")
        {
            Parameters =
            {
                new() { Value = identity.Scope },
                new() { Value = identity.Key },
                new() { Value = identity.Command },
                new() { Value = identity.PayloadHash },
                new() { Value = name },
                new() { Value = answer, NpgsqlDbType = NpgsqlDbType.Jsonb },
            },
        };
    }
}
