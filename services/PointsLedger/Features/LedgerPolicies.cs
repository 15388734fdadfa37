using Loyalty.PointsLedger.Domain;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

/// <summary>What an operator may set, under <c>Policy</c>; without a setting the usual values hold.</summary>
internal static class LedgerPolicies
{
    public static TimePolicy Times(IConfiguration configuration) => new(
        configuration.GetValue("Policy:Ahead", TimePolicy.Default.Ahead),
        configuration.GetValue("Policy:OnTime", TimePolicy.Default.OnTime),
        configuration.GetValue("Policy:Late", TimePolicy.Default.Limit));

    public static AdjustmentLimits Adjustments(IConfiguration configuration) => new(
        new(configuration.GetValue("Policy:AdjustmentLimit", 100_000L)),
        new(configuration.GetValue("Policy:AdjustmentsPerDay", 1_000_000L)));

    public static FailureThrottle Scans(IConfiguration configuration, TimeProvider clock) =>
        new(configuration.GetValue("Policy:UnknownCardsPerMinute", 60), TimeSpan.FromMinutes(1), clock);
}
