using Loyalty.EventStore;
using Npgsql;

namespace Loyalty.Messaging;

/// <summary>Publishing a log again.</summary>
public static class Replay
{
    /// <summary>
    /// Sets the relay of a database back, so that everything after <paramref name="afterSequence"/> is published again with the same
    /// message ids. Consumers that have seen it do nothing; a consumer whose queue was lost gets what it missed.
    /// </summary>
    public static async Task From(NpgsqlDataSource dataSource, long afterSequence = 0, CancellationToken ct = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        for (; ; )
        {
            var mark = await Progression.Find(connection, Relay.MarkName, ct);
            try
            {
                await Progression.Move(connection, Relay.MarkName, mark, Math.Min(mark, afterSequence), ct);
                return;
            }
            catch (ConcurrencyException)
            {
                // The relay moved it in between: look again.
            }
        }
    }
}
