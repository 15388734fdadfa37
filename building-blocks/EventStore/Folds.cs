using System.Text.Json;
using Loyalty.Kernel;

namespace Loyalty.EventStore;

/// <summary>An event as it lies in the log.</summary>
internal readonly record struct RawEvent(Guid Stream, long Version, string Name, byte[] Body);

/// <summary>A snapshot as it should be, in place of a stored one or of none.</summary>
internal sealed record WrongSnapshot(Snapshot Right, long? StoredVersion);

/// <summary>
/// The states of many streams, each folded from its events in order and compared with its stored snapshot when it comes to that
/// snapshot's version.
/// </summary>
internal sealed class Folds<TState>(DocumentStore store, SnapshotTable table, IReadOnlyDictionary<Guid, Snapshot> stored)
    where TState : class, IAggregate<TState>
{
    private readonly Dictionary<Guid, Folded> streams = [];
    private readonly Dictionary<(Guid Stream, long Version), RawEvent> early = [];

    public int Count => streams.Count;

    public long Events { get; private set; }

    public void Add(List<RawEvent> events)
    {
        foreach (var one in events) Add(one);
    }

    /// <summary>Snapshots that are missing, that lag further behind than they may, or that say something else than the events.</summary>
    public IEnumerable<WrongSnapshot> Wrong() => early.Count > 0
        ? throw new InvalidOperationException($"The stream {early.First().Key.Stream} has a hole before version {early.First().Key.Version}.")
        : from stream in streams
          let folded = stream.Value
          let snapshot = folded.Stored
          where snapshot is null ? table.IsDue(0, folded.Version) : !folded.Agrees || table.IsDue(snapshot.Version, folded.Version)
          select new WrongSnapshot(store.Snapshot(new EventStream<TState>(stream.Key, folded.State, folded.Version)), snapshot?.Version);

    private void Add(RawEvent one)
    {
        if (!streams.TryGetValue(one.Stream, out var folded))
            streams.Add(one.Stream, folded = new Folded(TState.Initial(one.Stream), stored.GetValueOrDefault(one.Stream)));
        if (one.Version != folded.Version + 1)
        {
            early.Add((one.Stream, one.Version), one);
            return;
        }

        var next = one;
        do
        {
            folded.State = folded.State.When(store.Types.Read(next.Name, next.Body));
            folded.Version = next.Version;
            if (folded.Stored?.Version == folded.Version) folded.Agrees = Body(folded.State).AsSpan().SequenceEqual(Normal(folded.Stored));
            Events++;
        }
        while (early.Count > 0 && early.Remove((one.Stream, folded.Version + 1), out next));
    }

    private byte[] Body(TState state) => store.Snapshot(Guid.Empty, 0, state).Body;

    // PostgreSQL keeps the members of an object in an order of its own.
    private byte[] Normal(Snapshot snapshot)
    {
        try
        {
            return Body(store.Read<TState>(snapshot).State);
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private sealed class Folded(TState initial, Snapshot? stored)
    {
        public TState State { get; set; } = initial;

        public long Version { get; set; }

        public Snapshot? Stored => stored;

        public bool Agrees { get; set; }
    }
}
