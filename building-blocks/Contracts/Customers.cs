namespace Loyalty.Contracts.Customers.V1;

/// <summary>A member has enrolled. Carries no personal data, only what rules need.</summary>
/// <param name="MemberId">The member.</param>
/// <param name="Privilege">Privilege category (<c>pensioner</c>, <c>student</c>, <c>large-family</c>, <c>staff</c>), or null.</param>
/// <param name="EnrolledAt">When.</param>
public sealed record CustomerEnrolled(Guid MemberId, string? Privilege, DateTimeOffset EnrolledAt);

/// <summary>A member has been erased at their wish: every service stops serving the member and forgets what it knows beyond sums.</summary>
/// <param name="MemberId">The member.</param>
/// <param name="ErasedAt">When.</param>
public sealed record CustomerErased(Guid MemberId, DateTimeOffset ErasedAt);
