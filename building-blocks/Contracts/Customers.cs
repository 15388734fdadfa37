namespace Loyalty.Contracts.Customers.V1;

/// <summary>A member has enrolled. Carries no personal data, only what rules need.</summary>
/// <param name="MemberId">The member.</param>
/// <param name="Privilege">Privilege category (<c>pensioner</c>, <c>student</c>, <c>large-family</c>, <c>staff</c>), or null.</param>
/// <param name="EnrolledAt">When.</param>
public sealed record CustomerEnrolled(Guid MemberId, string? Privilege, DateTimeOffset EnrolledAt);

/// <summary>What rules may know of a member has changed, or is told for the first time.</summary>
/// <param name="MemberId">The member.</param>
/// <param name="Privilege">Privilege category, or null.</param>
/// <param name="Celebration">Month and day that offers may celebrate, without a year, as <c>--03-14</c>; null where the member told none.</param>
/// <param name="Segments">The segments the member is in, sorted.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="Version">Version of the member's stream after this fact; a larger one is newer.</param>
public sealed record ProfileChanged(
    Guid MemberId, string? Privilege, string? Celebration, IReadOnlyList<string> Segments, DateTimeOffset ChangedAt, long Version);

/// <summary>A member has been erased at their wish: every service stops serving the member and forgets what it knows beyond sums.</summary>
/// <param name="MemberId">The member.</param>
/// <param name="ErasedAt">When.</param>
public sealed record CustomerErased(Guid MemberId, DateTimeOffset ErasedAt);
