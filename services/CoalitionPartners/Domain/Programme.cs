using System.Text.Json;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain;

// The facts of the programme's stream. A document is kept as its author wrote it; what it means is for the contract to say.
internal abstract record ProgrammeFact;

internal sealed record ProgrammePublished(int Version, DateTimeOffset EffectiveFrom, JsonElement Document, DateTimeOffset PublishedAt) : ProgrammeFact;

/// <summary>The rules of the whole programme: every version of them that there ever was. There is one such stream.</summary>
internal sealed record Programme(Guid Id, IReadOnlyList<ProgrammePublished> Versions) : IAggregate<Programme>
{
    public static readonly Guid Stream = new("c2b3b7d0-7a0f-5d4e-9f5b-0d1f6a3c9e42");

    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static string Alias => "programme";

    public static Programme Initial(Guid streamId) => new(streamId, []);

    public ProgrammePublished? Current => Versions.Count == 0 ? null : Versions[^1];

    /// <summary>
    /// The first version may start in the past, so that history can be brought in. A later one may not: it would alter what receipts of
    /// that time, posted before and after it, are worth.
    /// </summary>
    public Decision<ProgrammeFact> Publish(DateTimeOffset effectiveFrom, JsonElement document, DateTimeOffset at)
    {
        if (Current is { } current && current.EffectiveFrom == effectiveFrom && JsonElement.DeepEquals(current.Document, document))
            return Decision<ProgrammeFact>.Accept();
        if (effectiveFrom < Earliest || effectiveFrom > at.AddYears(10))
            return new Refusal("effective-from-not-allowed", "A programme starts in the year 2000 or later, and within ten years from now.");
        if (Versions.Count > 0 && effectiveFrom < at)
            return new Refusal("programme-backdated", "Only the first version of the programme may start in the past. Send an effectiveFrom that is still to come.");
        return Decision<ProgrammeFact>.Accept(new ProgrammePublished(Versions.Count + 1, effectiveFrom.ToUniversalTime(), document, at));
    }

    public Programme When(object @event) => @event switch
    {
        ProgrammePublished e => this with { Versions = [.. Versions, e] },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of the programme."),
    };
}
