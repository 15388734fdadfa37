using System.Data;
using System.Threading.Channels;
using Loyalty.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.EventStore;

/// <summary>What folding all streams of one kind again found.</summary>
/// <param name="Streams">How many streams there are.</param>
/// <param name="Events">How many events were folded.</param>
/// <param name="Different">Snapshots that were missing or differed from the fold, and were put right.</param>
public sealed record SnapshotResult(long Streams, long Events, long Different);

/// <summary>
/// Folds every stream of one kind from its first event and compares the states with the stored snapshots, each at its own version.
/// Log and snapshots are read as they were at one moment, while the service goes on; a snapshot is put right only if nobody has moved
/// it on since. Snapshots and states of all streams are held in memory meanwhile.
/// </summary>
internal sealed class SnapshotRebuild<TState>(DocumentStore store, SnapshotTable table) where TState : class, IAggregate<TState>
{
    private const int Chunk = 1_000;
    private const int ChunksAhead = 8;
    private const int RepairsAtOnce = 500;

    public async Task<SnapshotResult> Run(CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        // One scan from the beginning to the end meets the events of a stream in their order, nearly always.
        await Execute(connection, "set local max_parallel_workers_per_gather = 0; set local synchronize_seqscans = off", ct);
        var folds = await Fold(connection, await Task.Run(() => Stored(connection), ct), ct);
        await moment.CommitAsync(ct);
        var wrong = folds.SelectMany(f => f.Wrong()).ToList();
        foreach (var some in wrong.Chunk(RepairsAtOnce)) await Repair(some, ct);
        return new(folds.Sum(f => (long)f.Count), folds.Sum(f => f.Events), wrong.Count);
    }

    private Dictionary<Guid, Snapshot> Stored(NpgsqlConnection connection)
    {
        var stored = new Dictionary<Guid, Snapshot>();
        using var rows = connection.BeginBinaryExport($"copy (select id, mt_version, data from {table.Name}) to stdout (format binary)");
        while (rows.StartRow() >= 0)
        {
            var snapshot = new Snapshot(rows.Read<Guid>(NpgsqlDbType.Uuid), rows.Read<long>(NpgsqlDbType.Bigint), rows.Read<byte[]>(NpgsqlDbType.Jsonb));
            stored.Add(snapshot.Id, snapshot);
        }

        return stored;
    }

    private async Task<Folds<TState>[]> Fold(NpgsqlConnection connection, Dictionary<Guid, Snapshot> stored, CancellationToken ct)
    {
        var workers = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Channel.CreateBounded<List<RawEvent>>(ChunksAhead)).ToArray();
        var folding = workers.Select(worker => Task.Run(
            async () =>
            {
                var folds = new Folds<TState>(store, table, stored);
                await foreach (var chunk in worker.Reader.ReadAllAsync(ct)) folds.Add(chunk);
                return folds;
            }, ct)).ToArray();
        Exception? failure = null;
        try
        {
            await Task.Run(() => Scan(connection, workers, ct), ct);
        }
        catch (Exception e)
        {
            failure = e;
        }

        foreach (var worker in workers) worker.Writer.Complete(failure);
        return await Task.WhenAll(folding);
    }

    private static async Task Scan(NpgsqlConnection connection, Channel<List<RawEvent>>[] workers, CancellationToken ct)
    {
        await using var rows = await connection.BeginBinaryExportAsync(
            $"""
            copy (select e.stream_id, e.version, e.type, e.data from mt_events e join mt_streams s on s.id = e.stream_id
                where s.type = '{TState.Alias}' and e.type <> 'tombstone') to stdout (format binary)
            """, ct);
        var chunks = workers.Select(_ => new List<RawEvent>(Chunk)).ToArray();
        while (rows.StartRow() >= 0)
        {
            var one = new RawEvent(
                rows.Read<Guid>(NpgsqlDbType.Uuid), rows.Read<long>(NpgsqlDbType.Bigint), rows.Read<string>(NpgsqlDbType.Varchar), rows.Read<byte[]>(NpgsqlDbType.Jsonb));
            var at = (int)((uint)one.Stream.GetHashCode() % (uint)workers.Length);
            chunks[at].Add(one);
            if (chunks[at].Count < Chunk) continue;
            await workers[at].Writer.WriteAsync(chunks[at], ct);
            chunks[at] = new(Chunk);
        }

        for (var at = 0; at < workers.Length; at++) await workers[at].Writer.WriteAsync(chunks[at], ct);
    }

    private async Task Repair(WrongSnapshot[] some, CancellationToken ct)
    {
        await using var command = store.DataSource.CreateCommand(
            $"""
            insert into {table.Name} as d (id, data, mt_last_modified, mt_dotnet_type, mt_version)
            select id, data, transaction_timestamp(), $5, version from unnest($1, $2, $3) as s (id, data, version)
            on conflict (id) do update set data = excluded.data, mt_last_modified = excluded.mt_last_modified, mt_version = excluded.mt_version
            where d.mt_version = (select stored from unnest($1, $4) as b (id, stored) where b.id = excluded.id)
            """);
        command.Parameters.Add(new() { Value = some.Select(s => s.Right.Id).ToArray() });
        command.Parameters.Add(new() { Value = some.Select(s => s.Right.Body).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = some.Select(s => s.Right.Version).ToArray() });
        command.Parameters.Add(new() { Value = some.Select(s => s.StoredVersion).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = typeof(TState).FullName! });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task Execute(NpgsqlConnection connection, string statement, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
