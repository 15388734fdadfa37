using System.Text.Json;
using Loyalty.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.EventStore;

/// <summary>
/// A unit of work: events for one or many streams, their snapshots, documents and rows of the service's own tables, committed
/// together or not at all. Not thread-safe; lives as long as one command.
/// </summary>
public sealed class Session : IAsyncDisposable
{
    private readonly DocumentStore store;
    private readonly NpgsqlTransaction? transaction;
    private readonly OrderedDictionary<Guid, PendingStream> streams = [];
    private readonly Dictionary<Guid, long> expected = [];
    private readonly List<PendingEvent> pending = [];
    private readonly List<NpgsqlBatchCommand> commands = [];

    internal Session(DocumentStore store, Origin origin, NpgsqlTransaction? transaction)
    {
        this.store = store;
        this.transaction = transaction;
        Origin = origin;
    }

    /// <summary>Who causes what this session appends.</summary>
    public Origin Origin { get; }

    /// <summary>Whether anything waits to be saved.</summary>
    public bool HasChanges => streams.Count > 0 || expected.Count > 0 || commands.Count > 0;

    /// <summary>The streams that wait to be appended to.</summary>
    public IEnumerable<Guid> PendingStreams => streams.Keys;

    /// <summary>The store the session belongs to, for reading.</summary>
    public DocumentStore DocumentStore => store;

    /// <summary>The stream's state and version, to decide on and to append to.</summary>
    public async Task<EventStream<TState>> FetchForWriting<TState>(Guid id, CancellationToken ct) where TState : class, IAggregate<TState> =>
        (await FetchForWriting<TState>([id], ct))[id];

    /// <summary>The same for many streams in one round trip. Every id asked for is in the answer, at version 0 when there is no such stream.</summary>
    public async Task<IReadOnlyDictionary<Guid, EventStream<TState>>> FetchForWriting<TState>(IEnumerable<Guid> ids, CancellationToken ct)
        where TState : class, IAggregate<TState>
    {
        Guid[] wanted = [.. ids.Distinct()];
        if (transaction is not null)
            return await StreamFetch.Fetch<TState>(transaction.Connection!, store, wanted, ct);
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        return await StreamFetch.Fetch<TState>(connection, store, wanted, ct);
    }

    /// <summary>
    /// Appends facts to a fetched stream and returns the stream as it will stand. Saving fails with
    /// <see cref="ConcurrencyException"/> when the stream has moved on since it was fetched.
    /// </summary>
    /// <param name="stream">The stream as it was fetched.</param>
    /// <param name="events">The facts, in order.</param>
    /// <param name="origin">Who causes these facts where that is not who opened the session: one commit may serve many requests.</param>
    public EventStream<TState> Append<TState>(EventStream<TState> stream, IReadOnlyList<object> events, Origin? origin = null)
        where TState : class, IAggregate<TState>
    {
        if (events.Count == 0)
            return stream;
        var earlier = streams.GetValueOrDefault(stream.Id);
        if (earlier is not null && earlier.Version != stream.Version)
            throw new InvalidOperationException("Append to the stream that the earlier append of this session returned.");
        var after = new EventStream<TState>(stream.Id, stream.State.Fold(events), stream.Version + events.Count);
        streams[stream.Id] = new(
            stream.Id, TState.Alias, earlier?.Expected ?? stream.Version, after.Version, after.State, store.Options.SnapshotsOf(typeof(TState)));
        pending.AddRange(events.Select((e, i) => new PendingEvent(stream.Id, stream.Version + i + 1, e, origin ?? Origin)));
        return after;
    }

    /// <summary>
    /// Something that is saved rests on this stream as it was fetched, although nothing is appended to it: a refusal, say. Saving fails
    /// with <see cref="ConcurrencyException"/> when the stream has moved on since.
    /// </summary>
    public void Expect<TState>(EventStream<TState> stream) where TState : class, IAggregate<TState> => expected.TryAdd(stream.Id, stream.Version);

    /// <summary>Stores a document, replacing the one of the same id. Its table is Marten's <c>mt_doc_…</c>, made by a migration of the service.</summary>
    public void Store<TDocument>(Guid id, TDocument document) where TDocument : class
    {
        var command = new NpgsqlBatchCommand(
            $"""
            insert into {EventStoreOptions.DocumentTable(typeof(TDocument))} (id, data, mt_last_modified, mt_version, mt_dotnet_type)
            values ($1, $2, transaction_timestamp(), gen_random_uuid(), $3)
            on conflict (id) do update set data = excluded.data, mt_last_modified = excluded.mt_last_modified,
                mt_version = excluded.mt_version, mt_dotnet_type = excluded.mt_dotnet_type
            """);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(document, store.Types.Json), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = typeof(TDocument).FullName! });
        commands.Add(command);
    }

    /// <summary>Adds a statement on the service's own tables to the same transaction. It runs after the events are written.</summary>
    public void Enlist(NpgsqlBatchCommand command) => commands.Add(command);

    /// <summary>Forgets everything that waits, to fetch and decide again.</summary>
    public void Discard()
    {
        streams.Clear();
        expected.Clear();
        pending.Clear();
        commands.Clear();
    }

    /// <summary>
    /// Writes everything that waits. Throws <see cref="ConcurrencyException"/> when a stream
    /// is not at its expected version (nothing is written then), and lets other database errors pass.
    /// </summary>
    public async Task SaveChanges(CancellationToken ct)
    {
        if (!HasChanges)
            return;
        try
        {
            if (transaction is not null)
            {
                await Send(transaction.Connection!, ct);
            }
            else
            {
                await using var connection = await store.DataSource.OpenConnectionAsync(ct);
                await Send(connection, ct);
                store.Signal.Wake();
            }
        }
        catch (PostgresException e) when (IsConflict(e))
        {
            throw new ConcurrencyException(e.MessageText, e);
        }

        Discard();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Discard();
        return ValueTask.CompletedTask;
    }

    // Outside an explicit transaction a batch is one implicit transaction: sent, executed and committed in one round trip.
    private async Task Send(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        if (streams.Count > 0)
            batch.BatchCommands.Add(AppendStatement.For(streams.Values, pending, store));
        if (expected.Where(e => !streams.ContainsKey(e.Key)).ToList() is { Count: > 0 } unmoved)
            batch.BatchCommands.Add(AppendStatement.Expect(unmoved));
        foreach (var kind in streams.Values.Where(s => s.Snapshots?.IsDue(s.Expected, s.Version) == true).GroupBy(s => s.State.GetType()))
            batch.BatchCommands.Add(AppendStatement.Snapshots(kind.First().Snapshots!.Name, kind.Key, [.. kind.Select(s => store.Snapshot(s.Id, s.Version, s.State))]));
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(ct);
        batch.BatchCommands.Clear();
    }

    private static bool IsConflict(PostgresException e) => e.SqlState switch
    {
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => true,
        PostgresErrorCodes.UniqueViolation => e.ConstraintName is "pkey_mt_streams_id" or "pk_mt_events_stream_and_version",
        _ => false,
    };
}

/// <summary>A stream that is appended to: from which version to which, and its state then.</summary>
internal sealed record PendingStream(Guid Id, string Alias, long Expected, long Version, object State, SnapshotTable? Snapshots);

/// <summary>A fact that waits to be appended, and who causes it.</summary>
internal sealed record PendingEvent(Guid Stream, long Version, object Body, Origin Origin);
