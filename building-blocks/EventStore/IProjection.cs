using Npgsql;

namespace Loyalty.EventStore;

/// <summary>
/// A view folded from the service's whole log, written behind the log by <see cref="ProjectionDaemon"/>. It can be thrown away and
/// rebuilt at any time.
/// </summary>
public interface IProjection
{
    /// <summary>Its name, also the PostgreSQL schema that holds its tables; lower-case letters and underscores.</summary>
    string Name { get; }

    /// <summary>
    /// SQL that creates its tables, with unqualified names. The tables live in the schema <see cref="Name"/>: read them as
    /// <c>settlement.lines</c>.
    /// </summary>
    string Tables { get; }

    /// <summary>
    /// Applies events in order, set-based where it can. Unqualified names are the projection's own tables. Runs inside the
    /// transaction that moves the projection's mark; an exception stops the projection, nothing is skipped.
    /// </summary>
    Task Apply(NpgsqlConnection connection, IReadOnlyList<StoredEvent> page, CancellationToken ct);
}
