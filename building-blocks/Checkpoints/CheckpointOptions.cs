using Loyalty.Kernel;

namespace Loyalty.Checkpoints;

/// <summary>What a service tells about its checkpoints.</summary>
/// <param name="service">The service's name: <c>coalition-partners</c>.</param>
public sealed class CheckpointOptions(string service)
{
    private readonly HashSet<string> askingEvents = new(StringComparer.Ordinal);
    private Func<object, PartnerId?> ownerOf = _ => null;

    /// <summary>The service's name, with which the origin of its checkpoints begins.</summary>
    public string Service { get; } = service;

    /// <summary>When the day ends, in UTC: the first event after it is no longer in the day's checkpoint. <c>Checkpoints:DayEndsAt</c>, midnight unless said.</summary>
    public TimeOnly DayEndsAt { get; internal set; }

    /// <summary>For how long a key signs before the next one takes its place. <c>Checkpoints:KeySignsFor</c>, a year unless said.</summary>
    public TimeSpan KeySignsFor { get; internal set; } = TimeSpan.FromDays(365);

    internal IReadOnlySet<string> AskingEvents => askingEvents;

    /// <summary>Events of these stored names ask for a checkpoint that covers them.</summary>
    public CheckpointOptions AfterEvents(params IEnumerable<string> storedNames)
    {
        askingEvents.UnionWith(storedNames);
        return this;
    }

    /// <summary>
    /// Says which partner a fact is about, as far as it is about nobody else: that partner may have it proven. Null for the rest, which
    /// is for operators. Unless this is said, everything is.
    /// </summary>
    public CheckpointOptions ShowFactsTo(Func<object, PartnerId?> owner)
    {
        ownerOf = owner;
        return this;
    }

    internal PartnerId? OwnerOf(object fact) => ownerOf(fact);
}
