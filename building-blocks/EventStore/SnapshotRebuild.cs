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
/// Folds every stream of one kind from its first event and compares the states with the stored snapshots. Log and snapshots are read
/// as they were at one moment, while the service goes on; a snapshot is put right only if nobody has moved it on since. The states of
/// all streams are held in memory meanwhile.
/// </summary>
internal sealed class SnapshotRebuild<TState>(DocumentStore store) where TState : class, IAggregate<TState>
{
    private const int Chunk = 1_000;
    private const int ChunksAhead = 8;
    private const int RepairsAtOnce = 500;

    private readonly string table = store.Options.SnapshotTable(typeof(TState)) ?? throw new InvalidOperationException($"No snapshots of {typeof(TState).Name} are kept.");

    public async Task<SnapshotResult> Run(CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        // One scan from the beginning to the end meets the events of a stream in their order, nearly always.
        await Execute(connection, "set local max_parallel_workers_per_gather = 0; set local synchronize_seqscans = off", ct);
        var folds = await Fold(connection, ct);
        var wrong = await Task.Run(() => Compare(connection, folds), ct);
        await moment.CommitAsync(ct);
        foreach (var some in wrong.Chunk(RepairsAtOnce)) await Repair(some, ct);
        return new(folds.Sum(f => (long)f.Count), folds.Sum(f => f.Events), wrong.Count);
    }

    private async Task<Folds<TState>[]> Fold(NpgsqlConnection connection, CancellationToken ct)
    {
        var workers = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Channel.CreateBounded<List<RawEvent>>(ChunksAhead)).ToArray();
        var folding = workers.Select(worker => Task.Run(
            async () =>
            {
                var folds = new Folds<TState>(store.Types);
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

    private List<(Snapshot Right, long? StoredVersion)> Compare(NpgsqlConnection connection, Folds<TState>[] folds)
    {
        var wrong = new List<(Snapshot, long?)>();
        var unseen = folds.SelectMany(f => f.States).ToDictionary(s => s.Id);
        using (var rows = connection.BeginBinaryExport($"copy (select id, mt_version, data from {table}) to stdout (format binary)"))
        {
            while (rows.StartRow() >= 0)
            {
                var stored = new Snapshot(rows.Read<Guid>(NpgsqlDbType.Uuid), rows.Read<long>(NpgsqlDbType.Bigint), rows.Read<byte[]>(NpgsqlDbType.Jsonb));
                if (!unseen.Remove(stored.Id, out var folded)) continue;
                var right = store.Snapshot(folded);
                if (right.Version != stored.Version || !right.Body.AsSpan().SequenceEqual(Normal(stored))) wrong.Add((right, stored.Version));
            }
        }

        wrong.AddRange(unseen.Values.Select(stream => (store.Snapshot(stream), (long?)null)));
        return wrong;
    }

    // PostgreSQL keeps the members of an object in an order of its own.
    private byte[] Normal(Snapshot stored)
    {
        try
        {
            return store.Snapshot(store.Read<TState>(stored)).Body;
        }
        catch (System.Text.Json.JsonException)
        {
            return [];
        }
    }

    private async Task Repair((Snapshot Right, long? StoredVersion)[] some, CancellationToken ct)
    {
        await using var command = store.DataSource.CreateCommand(
            $"""
            insert into {table} as d (id, data, mt_last_modified, mt_dotnet_type, mt_version)
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

/// <summary>An event as it lies in the log.</summary>
internal readonly record struct RawEvent(Guid Stream, long Version, string Name, byte[] Body);

/// <summary>The states of many streams, each folded from its events in order.</summary>
internal sealed class Folds<TState>(EventTypes types) where TState : class, IAggregate<TState>
{
    private readonly Dictionary<Guid, EventStream<TState>> states = [];
    private readonly Dictionary<(Guid Stream, long Version), RawEvent> early = [];

    public int Count => states.Count;

    public long Events { get; private set; }

    public IEnumerable<EventStream<TState>> States => early.Count == 0
        ? states.Values
        : throw new InvalidOperationException($"The stream {early.First().Key.Stream} has a hole before version {early.First().Key.Version}.");

    public void Add(List<RawEvent> events)
    {
        foreach (var one in events) Add(one);
    }

    private void Add(RawEvent one)
    {
        var stream = states.GetValueOrDefault(one.Stream) ?? new(one.Stream, TState.Initial(one.Stream), 0);
        if (one.Version != stream.Version + 1)
        {
            early.Add((one.Stream, one.Version), one);
            return;
        }

        var next = one;
        do
        {
            stream = new(stream.Id, stream.State.When(types.Read(next.Name, next.Body)), next.Version);
            Events++;
        }
        while (early.Count > 0 && early.Remove((stream.Id, stream.Version + 1), out next));
        states[stream.Id] = stream;
    }
}
