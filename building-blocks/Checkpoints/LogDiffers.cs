using Loyalty.ServiceDefaults;

namespace Loyalty.Checkpoints;

/// <summary>The log no longer holds what was hashed. Nothing here goes on from there: an audit says where, and people decide.</summary>
internal static class LogDiffers
{
    public static ProblemException Problem() => new(ServiceDefaults.Problem.Of(
        409, "log-differs", "The log no longer holds the events that its checkpoints cover, so nothing can be proven. Have the operator run an audit."));
}
