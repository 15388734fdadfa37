using Npgsql;

namespace Loyalty.EventStore;

/// <summary>
/// How far each reader of the log has come: Marten's <c>mt_event_progression</c>. A mark moves only from where its reader believes
/// it stands, so two readers of one name can't both move it.
/// </summary>
public static class Progression
{
    /// <summary>Marten's name for the mark of a reader: <c>Relay:All</c>.</summary>
    public static string Of(string reader) => reader + ":All";

    /// <summary>Where a reader stands; 0 before its first move.</summary>
    public static async Task<long> Find(NpgsqlConnection connection, string name, CancellationToken ct, bool andLock = false)
    {
        await using var find = new NpgsqlCommand(
            "select coalesce(last_seq_id, 0) from mt_event_progression where name = $1" + (andLock ? " for update" : ""), connection);
        find.Parameters.Add(new() { Value = name });
        if (await find.ExecuteScalarAsync(ct) is long mark)
            return mark;
        await using var insert = new NpgsqlCommand(
            "insert into mt_event_progression (name, last_seq_id) values ($1, 0) on conflict (name) do nothing", connection);
        insert.Parameters.Add(new() { Value = name });
        await insert.ExecuteNonQueryAsync(ct);
        return (long)(await find.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Moves a mark; throws <see cref="ConcurrencyException"/> when it does not stand at <paramref name="from"/>.</summary>
    public static async Task Move(NpgsqlConnection connection, string name, long from, long to, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "update mt_event_progression set last_seq_id = $3, last_updated = transaction_timestamp() where name = $1 and last_seq_id = $2",
            connection);
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = to });
        if (await command.ExecuteNonQueryAsync(ct) != 1)
            throw new ConcurrencyException($"The mark '{name}' no longer stands at {from}.");
    }

    /// <summary>Puts a mark back to the beginning.</summary>
    internal static async Task Restart(NpgsqlConnection connection, string name, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("delete from mt_event_progression where name = $1", connection);
        command.Parameters.Add(new() { Value = name });
        await command.ExecuteNonQueryAsync(ct);
    }
}
