using Npgsql;

namespace Loyalty.EventStore;

/// <summary>
/// The right of one process among several to do something: an advisory lock that PostgreSQL gives back by itself when the process
/// or its connection dies.
/// </summary>
public sealed class Lease : IAsyncDisposable
{
    private readonly NpgsqlConnection held;

    private Lease(NpgsqlConnection held) => this.held = held;

    /// <summary>The lease on a name in this database, or null while somebody else has it.</summary>
    public static async Task<Lease?> Take(NpgsqlDataSource dataSource, string name, CancellationToken ct)
    {
        var lease = new Lease(await dataSource.OpenConnectionAsync(ct));
        try
        {
            await using var command = new NpgsqlCommand("select pg_try_advisory_lock(hashtextextended($1, 0))", lease.held);
            command.Parameters.Add(new() { Value = name });
            if (await command.ExecuteScalarAsync(ct) is true)
                return lease;
        }
        catch
        {
            // Also when it was cancelled: the lock may have been granted, and the connection goes back to the pool as it is.
            await lease.DisposeAsync();
            throw;
        }

        await lease.DisposeAsync();
        return null;
    }

    /// <summary>Throws when the connection that carries the lease is gone, and the lease with it.</summary>
    public async Task Check(CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select 1", held);
        await command.ExecuteScalarAsync(ct);
    }

    /// <summary>Gives the lease back.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await using var command = new NpgsqlCommand("select pg_advisory_unlock_all()", held);
            await command.ExecuteScalarAsync();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // The connection is gone, and the lease with it; clearing it from the pool is all that is left to do.
            NpgsqlConnection.ClearPool(held);
        }

        await held.DisposeAsync();
    }
}
