using System.Buffers.Text;
using Npgsql;

namespace Loyalty.Checkpoints;

/// <summary>The checkpoints of this log, as they are stored.</summary>
internal sealed class CheckpointRows(NpgsqlDataSource database, CheckpointOptions options)
{
    private const string Columns = "size, last_sequence, root, taken_at, note, key_id, signature, reason, (select id from log_identity)";

    public async Task<Checkpoint?> Latest(CancellationToken ct) => (await Before(long.MaxValue, 1, ct)).SingleOrDefault();

    public async Task<Checkpoint?> Find(long size, CancellationToken ct) =>
        (await Read($"select {Columns} from checkpoints where size = $1", [size], ct)).SingleOrDefault();

    /// <summary>Those of a smaller size, the largest first.</summary>
    public Task<List<Checkpoint>> Before(long size, int limit, CancellationToken ct) =>
        Read($"select {Columns} from checkpoints where size < $1 order by size desc limit $2", [size, limit], ct);

    /// <summary>The origin that all checkpoints of this log name.</summary>
    public async Task<string> Origin(CancellationToken ct)
    {
        await using var command = database.CreateCommand("select id from log_identity");
        return OriginOf((Guid)(await command.ExecuteScalarAsync(ct))!);
    }

    public async Task Add(Checkpoint made, byte[] root, byte[] signature, byte[] leafPrefixes, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            insert into checkpoints (size, last_sequence, root, taken_at, reason, note, key_id, signature, leaf_prefixes)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing
            """);
        foreach (var value in new object[] { made.Size, made.LastSequence, root, made.Time.UtcDateTime, made.Reason, made.Note, made.KeyId, signature, leafPrefixes })
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Whether an event that asks for a checkpoint lies between two places of the log.</summary>
    public async Task<bool> IsAskedFor(long after, long upTo, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select exists (select from mt_events where seq_id > $1 and seq_id <= $2 and type = any ($3))");
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = upTo });
        command.Parameters.Add(new() { Value = options.AskingEvents.ToArray() });
        return await command.ExecuteScalarAsync(ct) is true;
    }

    private string OriginOf(Guid log) => $"{options.Service}/{log}";

    private async Task<List<Checkpoint>> Read(string sql, object[] parameters, CancellationToken ct)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in parameters) command.Parameters.Add(new() { Value = value });
        await using var row = await command.ExecuteReaderAsync(ct);
        var found = new List<Checkpoint>();
        while (await row.ReadAsync(ct))
        {
            found.Add(new(
                OriginOf(row.GetGuid(8)), row.GetInt64(0), row.GetInt64(1), Convert.ToBase64String(row.GetFieldValue<byte[]>(2)),
                row.GetFieldValue<DateTimeOffset>(3), row.GetString(4), row.GetString(5), Base64Url.EncodeToString(row.GetFieldValue<byte[]>(6)), row.GetString(7)));
        }

        return found;
    }
}
