using System.Text.Json;
using Loyalty.Kernel;
using Npgsql;

namespace Loyalty.EventStore;

/// <summary>
/// Streams of events and documents in one PostgreSQL database, in Marten's own tables. The names are Marten's: a session
/// collects what belongs together, <see cref="Session.SaveChanges"/> commits it.
/// </summary>
public sealed class DocumentStore(NpgsqlDataSource dataSource, EventStoreOptions options, TimeProvider clock, LogSignal signal)
{
    /// <summary>The connections of the service role.</summary>
    public NpgsqlDataSource DataSource { get; } = dataSource;

    /// <summary>The stored names of the service's events.</summary>
    public EventTypes Types { get; } = options.Types;

    internal EventStoreOptions Options { get; } = options;

    internal TimeProvider Clock { get; } = clock;

    internal LogSignal Signal { get; } = signal;

    /// <summary>A session of its own: <see cref="Session.SaveChanges"/> sends and commits everything in one round trip.</summary>
    public Session OpenSession(Origin origin) => new(this, origin, transaction: null);

    /// <summary>A session inside a transaction: <see cref="Session.SaveChanges"/> writes, the caller commits.</summary>
    public Session OpenSession(Origin origin, NpgsqlTransaction transaction) => new(this, origin, transaction);

    /// <summary>Events of one stream in order, optionally only those after a version, up to a version or recorded up to a time.</summary>
    public async Task<IReadOnlyList<StoredEvent>> FetchStream(
        Guid id, long afterVersion = 0, long? upToVersion = null, DateTimeOffset? upToTime = null, int? limit = null, CancellationToken ct = default)
    {
        await using var command = DataSource.CreateCommand(
            $"""
            select {EventColumns.Select} where e.stream_id = $1 and e.version > $2 and e.version <= $3 and e.timestamp <= $4
                and e.type <> 'tombstone'
            order by e.version limit $5
            """);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = afterVersion });
        command.Parameters.Add(new() { Value = upToVersion ?? long.MaxValue });
        command.Parameters.Add(new() { Value = (upToTime ?? DateTimeOffset.MaxValue).UtcDateTime });
        command.Parameters.Add(new() { Value = limit ?? int.MaxValue });
        return await EventColumns.ReadAll(command, Types, ct);
    }

    /// <summary>Events by their places in the log, in its order; those that are not there are left out.</summary>
    public async Task<IReadOnlyList<StoredEvent>> FetchEvents(IReadOnlyCollection<long> sequences, CancellationToken ct)
    {
        await using var command = DataSource.CreateCommand($"select {EventColumns.Select} where e.seq_id = any ($1) and e.type <> 'tombstone' order by e.seq_id");
        command.Parameters.Add(new() { Value = sequences.ToArray() });
        return await EventColumns.ReadAll(command, Types, ct);
    }

    /// <summary>
    /// The state of a stream as it is, or as it was at a version or at a time of recording; null when there is no such stream then.
    /// </summary>
    public async Task<TState?> AggregateStream<TState>(
        Guid id, long? upToVersion = null, DateTimeOffset? upToTime = null, CancellationToken ct = default)
        where TState : class, IAggregate<TState>
    {
        var events = await FetchStream(id, upToVersion: upToVersion, upToTime: upToTime, ct: ct);
        return events.Count == 0 ? null : TState.Initial(id).Fold(events.Select(e => e.Data));
    }

    /// <summary>
    /// The current state and version of a stream: from its snapshot where one is kept, and the events after it. Null when there is
    /// no such stream.
    /// </summary>
    public async Task<EventStream<TState>?> Load<TState>(Guid id, CancellationToken ct = default) where TState : class, IAggregate<TState>
    {
        await using var connection = await DataSource.OpenConnectionAsync(ct);
        var stream = await StreamFetch.Fetch<TState>(connection, this, id, ct);
        return stream.Version == 0 ? null : stream;
    }

    /// <summary>A stream as its snapshot has it.</summary>
    public EventStream<TState> Read<TState>(Snapshot snapshot) where TState : class, IAggregate<TState>
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return new(snapshot.Id, JsonSerializer.Deserialize<TState>(snapshot.Body, Types.Json) ?? throw new JsonException("A snapshot is null."), snapshot.Version);
    }

    /// <summary>The snapshot of a stream, as it would be stored.</summary>
    public Snapshot Snapshot<TState>(EventStream<TState> stream) where TState : class, IAggregate<TState>
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Snapshot(stream.Id, stream.Version, stream.State);
    }

    /// <summary>
    /// Folds every stream again from the log, compares the states with the stored snapshots and puts right what differs; by kind of
    /// stream.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, SnapshotResult>> RebuildSnapshots(CancellationToken ct)
    {
        var results = new Dictionary<string, SnapshotResult>(StringComparer.Ordinal);
        foreach (var (kind, rebuild) in Options.Rebuilds)
            results.Add(kind, await rebuild(this, ct));
        return results;
    }

    internal Snapshot Snapshot(Guid id, long version, object state) => new(id, version, JsonSerializer.SerializeToUtf8Bytes(state, state.GetType(), Types.Json));

    /// <summary>A document by its id, or null.</summary>
    public async Task<TDocument?> LoadDocument<TDocument>(Guid id, CancellationToken ct = default) where TDocument : class
    {
        await using var command = DataSource.CreateCommand($"select data from {EventStoreOptions.DocumentTable(typeof(TDocument))} where id = $1");
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(ct) is string body ? JsonSerializer.Deserialize<TDocument>(body, Types.Json) : null;
    }
}
