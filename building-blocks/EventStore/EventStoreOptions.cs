using Loyalty.Kernel;

namespace Loyalty.EventStore;

/// <summary>What a service tells the event store about itself.</summary>
public sealed class EventStoreOptions
{
    private readonly Dictionary<Type, SnapshotTable> snapshots = [];
    private readonly Dictionary<string, Func<DocumentStore, CancellationToken, Task<SnapshotResult>>> rebuilds = new(StringComparer.Ordinal);
    private readonly List<Type> projections = [];

    /// <summary>The stored names of the service's events.</summary>
    public EventTypes Types { get; } = new();

    internal IReadOnlyList<Type> Projections => projections;

    internal IReadOnlyDictionary<string, Func<DocumentStore, CancellationToken, Task<SnapshotResult>>> Rebuilds => rebuilds;

    /// <summary>
    /// Keeps the state of each such stream as a document, written in the same transaction as the stream's events. Its table is
    /// Marten's, made by a migration of the service:
    /// <c>create table mt_doc_account (id uuid primary key, data jsonb not null, mt_last_modified timestamptz default
    /// transaction_timestamp(), mt_dotnet_type varchar, mt_version bigint not null default 0)</c> for a state named <c>Account</c>.
    /// </summary>
    public EventStoreOptions Snapshot<TState>() where TState : class, IAggregate<TState> =>
        Keep<TState>(new(DocumentTable(typeof(TState)), Every: 1));

    /// <summary>
    /// Keeps the state of each such stream only where its version passes a multiple of <paramref name="every"/>: for streams that grow
    /// so fast that writing their states would cost more than folding a few events on reading. Such a state lags behind its stream,
    /// and Marten would take a document for current, so the table is one of our own, made by a migration of the service with the columns of a document:
    /// <c>member_account_snapshots</c> for streams named <c>member_account</c>.
    /// </summary>
    public EventStoreOptions SnapshotEvery<TState>(int every) where TState : class, IAggregate<TState> =>
        Keep<TState>(new(TState.Alias + "_snapshots", every));

    /// <summary>Runs an asynchronous projection in this service.</summary>
    public EventStoreOptions Project<TProjection>() where TProjection : class, IProjection
    {
        projections.Add(typeof(TProjection));
        return this;
    }

    internal SnapshotTable? SnapshotsOf(Type state) => snapshots.GetValueOrDefault(state);

#pragma warning disable CA1308 // Marten names document tables in lower case.
    internal static string DocumentTable(Type document) => "mt_doc_" + document.Name.ToLowerInvariant();
#pragma warning restore CA1308

    private EventStoreOptions Keep<TState>(SnapshotTable table) where TState : class, IAggregate<TState>
    {
        snapshots.Add(typeof(TState), table);
        rebuilds.Add(TState.Alias, (store, ct) => new SnapshotRebuild<TState>(store, table).Run(ct));
        return this;
    }
}

/// <summary>Where the states of streams are kept, and how often.</summary>
internal sealed record SnapshotTable(string Name, int Every)
{
    /// <summary>Whether a state is due where a stream moves on: it passes a multiple of <see cref="Every"/>.</summary>
    public bool IsDue(long from, long to) => to / Every > from / Every;
}
