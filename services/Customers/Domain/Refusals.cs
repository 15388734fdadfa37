using Loyalty.Kernel;

namespace Loyalty.Customers.Domain;

/// <summary>Everything this service refuses, each with a stable code and a sentence that says what to do.</summary>
internal static class Refusals
{
    public static readonly Refusal MemberUnknown = new("member-unknown", "There is no such member. Check the id.");

    public static readonly Refusal AlreadyEnrolled = new("already-enrolled", "This member is enrolled already. Read the member instead.");

    public static readonly Refusal TooManySegments =
        new("too-many-segments", "A member is in at most 100 segments. Remove the member from one that is no longer needed first.");
}
