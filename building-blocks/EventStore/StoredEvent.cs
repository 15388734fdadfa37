using System.Diagnostics;

namespace Loyalty.EventStore;

/// <summary>An event as it stands in the log.</summary>
/// <param name="Sequence">Its place in the whole log (<c>seq_id</c>); gaps are normal.</param>
/// <param name="Id">Its own id, also the id of the message that tells others.</param>
/// <param name="StreamId">The stream it belongs to.</param>
/// <param name="Version">Its place in the stream, 1..n without a hole.</param>
/// <param name="Name">Its stored name.</param>
/// <param name="Data">The fact.</param>
/// <param name="RecordedAt">When it was recorded, UTC.</param>
/// <param name="CausedBy">Who caused it; empty where another writer than ours appended it.</param>
/// <param name="TraceParent">The W3C trace parent of the request that caused it, or null.</param>
public sealed record StoredEvent(
    long Sequence, Guid Id, Guid StreamId, long Version, string Name, object Data, DateTimeOffset RecordedAt, string CausedBy, string? TraceParent)
{
    /// <summary>How long the fact is as it is stored; pages and memory are bounded by it, for one fact may hold hundreds of lines.</summary>
    internal int Bytes { get; init; }
}

/// <summary>Who causes what is about to be appended, and the trace it belongs to.</summary>
/// <param name="CausedBy"><c>partner:GROCERY/till-1</c>, <c>operator:anna</c> or <c>system:points-ledger</c>.</param>
/// <param name="TraceParent">The W3C trace parent, or null.</param>
public sealed record Origin(string CausedBy, string? TraceParent)
{
    /// <summary>Somebody, in the current trace if that is recorded; nobody will look for one that is not.</summary>
    public static Origin Of(string causedBy) => new(causedBy, Activity.Current is { Recorded: true } current ? current.Id : null);

    /// <summary>The service itself, in the current trace.</summary>
    public static Origin System(string service) => Of("system:" + service);
}

/// <summary>A stream as it was fetched: its state and the version that the next append expects.</summary>
/// <param name="Id">The stream.</param>
/// <param name="State">The state folded from all its events; <c>Initial</c> when there are none.</param>
/// <param name="Version">The version of its last event, 0 when there are none.</param>
public sealed record EventStream<TState>(Guid Id, TState State, long Version) where TState : class;

/// <summary>The state of a stream as it is stored.</summary>
/// <param name="Id">The stream.</param>
/// <param name="Version">The version of the last event in it.</param>
/// <param name="Body">The state as JSON, UTF-8.</param>
#pragma warning disable CA1819 // A body is written once and shared.
public sealed record Snapshot(Guid Id, long Version, byte[] Body);
#pragma warning restore CA1819

/// <summary>Somebody else appended to a stream after it was fetched. Fetch again and decide again.</summary>
public sealed class ConcurrencyException : Exception
{
    /// <summary>With the database's own words.</summary>
    public ConcurrencyException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <summary>With a sentence.</summary>
    public ConcurrencyException(string message) : base(message)
    {
    }

    /// <summary>Without a message.</summary>
    public ConcurrencyException() : base("A stream is not at the expected version.")
    {
    }
}

/// <summary>A projection can't apply an event. It stops before it.</summary>
public sealed class UnappliedEventException : Exception
{
    /// <summary>With a sentence that names the event, and the failure behind it.</summary>
    public UnappliedEventException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <summary>With a sentence.</summary>
    public UnappliedEventException(string message) : base(message)
    {
    }

    /// <summary>Without a message.</summary>
    public UnappliedEventException()
    {
    }
}
