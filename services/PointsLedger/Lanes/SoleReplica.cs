using System.Diagnostics;
using Npgsql;

namespace Loyalty.PointsLedger.Lanes;

/// <summary>
/// Whether this process is the only one that posts to its database, so that the state in its lanes is the latest there is and may be
/// read from memory. Every replica holds a shared lock as long as it lives and counts who else does. A replica that finds others
/// waits before it takes its first request, until they must have found it; a count is believed for less time than that. And a
/// replica may lose its lock with its connection and go on posting until it notices, so it takes some time of counting nobody else,
/// without a gap, before anybody believes to be alone.
/// </summary>
internal sealed class SoleReplica(NpgsqlDataSource database, ILogger<SoleReplica> logger) : BackgroundService
{
    private const long Lock = 7105010;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan UntilOthersKnow = TimeSpan.FromSeconds(2);

    private NpgsqlConnection? held;
    private long aloneSince;
    private long aloneAt;

    /// <summary>True only when it was so a moment ago and nobody can have begun to post since.</summary>
    public bool IsSole => Interlocked.Read(ref aloneAt) is not 0 and var at && Stopwatch.GetElapsedTime(at) < Believed
        && Stopwatch.GetElapsedTime(Interlocked.Read(ref aloneSince)) > UntilOthersKnow;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Count(cancellationToken);
        }
        catch (NpgsqlException e)
        {
            logger.LogInformation("Whether other replicas run is found out later: {Reason}", e.Message);
        }

        if (Interlocked.Read(ref aloneAt) == 0) await Task.Delay(UntilOthersKnow, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Release();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Count(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogDebug(e, "Other replicas could not be counted");
                await Release();
            }

            await Task.Delay(Interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Count(CancellationToken ct)
    {
        var before = Stopwatch.GetTimestamp();
        held ??= await Hold(ct);
        await using var count = new NpgsqlCommand(
            """
            select count(*) from pg_locks where locktype = 'advisory' and classid = 0 and objid = $1 and objsubid = 1
                and database = (select oid from pg_database where datname = current_database())
            """, held);
        count.Parameters.Add(new() { Value = (uint)Lock, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Oid });
        var alone = (long)(await count.ExecuteScalarAsync(ct))! == 1;
        var unbroken = Interlocked.Read(ref aloneAt) is not 0 and var last && Stopwatch.GetElapsedTime(last, before) < Believed;
        if (alone && !unbroken) Interlocked.Exchange(ref aloneSince, before);
        Interlocked.Exchange(ref aloneAt, alone ? before : 0);
    }

    private async Task<NpgsqlConnection> Hold(CancellationToken ct)
    {
        var connection = await database.OpenConnectionAsync(ct);
        try
        {
            await Execute("select pg_advisory_lock_shared($1)", connection, ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // The connection goes back into the pool, and would take the lock with it.
    private async Task Release()
    {
        Interlocked.Exchange(ref aloneAt, 0);
        if (held is null) return;
        try
        {
            await Execute("select pg_advisory_unlock_shared($1)", held, CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            logger.LogDebug(e, "The connection was lost, and the lock with it");
        }

        await held.DisposeAsync();
        held = null;
    }

    private static async Task Execute(string statement, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        command.Parameters.Add(new() { Value = Lock });
        await command.ExecuteNonQueryAsync(ct);
    }
}
