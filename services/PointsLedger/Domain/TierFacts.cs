namespace Loyalty.PointsLedger.Domain;

/// <summary>The member has come into another tier, or stays in the one that had to be looked at again, or that must be earlier because of a return.</summary>
/// <param name="From">The tier before; null for none.</param>
/// <param name="To">The tier now; null for none.</param>
/// <param name="Reason"><c>reached</c>, <c>kept</c>, <c>window-ended</c>, <c>returned</c> or <c>programme</c>.</param>
/// <param name="CheckAt">When it is looked at again; null for never.</param>
/// <param name="Programme">The version of the programme that says so.</param>
internal sealed record TierChanged(
    string? From, string? To, string Reason, DateTimeOffset? CheckAt, int Programme, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IDatedFact;

/// <summary>The member falls into a lower tier at <paramref name="EffectiveAt"/>, unless they reach theirs again before.</summary>
internal sealed record DowngradeAnnounced(
    string From, string? To, string Reason, DateTimeOffset EffectiveAt, int Programme, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IDatedFact;
