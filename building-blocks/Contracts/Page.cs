namespace Loyalty.Contracts;

/// <summary>
/// What travels between the services: events of one contract that follow each other in the publisher's log. A message costs both
/// sides and the broker far more than an event does.
/// </summary>
/// <typeparam name="T">The contract.</typeparam>
/// <param name="Events">The events in the order of the log, at least one.</param>
public sealed record Page<T>(IReadOnlyList<Told<T>> Events) where T : class;

/// <summary>An event as others are told of it.</summary>
/// <typeparam name="T">The contract.</typeparam>
/// <param name="Id">The event's own id; the same id again is the same event told again.</param>
/// <param name="Event">What happened.</param>
/// <param name="TraceParent">The W3C trace parent under which it was told, or null where nobody traces it.</param>
public sealed record Told<T>(Guid Id, T Event, string? TraceParent = null) where T : class;
