using Loyalty.Kernel;

namespace Loyalty.EventStore;

/// <summary>What a service tells the event store about itself.</summary>
public sealed class EventStoreOptions
{
    private readonly Dictionary<Type, string> snapshots = [];
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
    public EventStoreOptions Snapshot<TState>() where TState : class, IAggregate<TState>
    {
        snapshots.Add(typeof(TState), DocumentTable(typeof(TState)));
        rebuilds.Add(TState.Alias, (store, ct) => new SnapshotRebuild<TState>(store).Run(ct));
        return this;
    }

    /// <summary>Runs an asynchronous projection in this service.</summary>
    public EventStoreOptions Project<TProjection>() where TProjection : class, IProjection
    {
        projections.Add(typeof(TProjection));
        return this;
    }

    internal string? SnapshotTable(Type state) => snapshots.GetValueOrDefault(state);

#pragma warning disable CA1308 // Marten names document tables in lower case.
    internal static string DocumentTable(Type document) => "mt_doc_" + document.Name.ToLowerInvariant();
#pragma warning restore CA1308
}
