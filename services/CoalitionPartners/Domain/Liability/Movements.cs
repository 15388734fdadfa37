using System.Text.Json.Serialization;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Liability;

/// <summary>
/// What became of an issuer's points, added up. It is a part of <see cref="LiabilityPeriodClosed"/>, and its members are storage format.
/// </summary>
/// <param name="TakenBack">By returns, without what members now owe.</param>
/// <param name="Repaid">What went towards members' debts instead of being spent.</param>
/// <param name="Expired">Without what was taken back after it had lapsed.</param>
/// <param name="Adjusted">By operators; below zero where they took points.</param>
/// <param name="Sales">What the purchases came to, less what was paid back for returns, in minor units of the issuer's currency.</param>
internal sealed record Movements(
    Points Issued = default, Points TakenBack = default, Points Redeemed = default, Points PutBack = default, Points Repaid = default,
    Points Expired = default, Points Adjusted = default, long Sales = 0)
{
    public static readonly Movements None = new();

    /// <summary>Points that there were to be redeemed at all: issued, less what was taken back, as operators have corrected it.</summary>
    [JsonIgnore]
    public Points Granted => Issued - TakenBack + Adjusted;

    /// <summary>Points that have done what they are for: spent, or set off against a debt.</summary>
    [JsonIgnore]
    public Points Used => Redeemed - PutBack + Repaid;

    [JsonIgnore]
    public Points Outstanding => Granted - Used - Expired;

    public static Movements operator +(Movements a, Movements b) => new(
        a.Issued + b.Issued, a.TakenBack + b.TakenBack, a.Redeemed + b.Redeemed, a.PutBack + b.PutBack, a.Repaid + b.Repaid,
        a.Expired + b.Expired, a.Adjusted + b.Adjusted, checked(a.Sales + b.Sales));
}

internal static class MovementSums
{
    public static Movements Sum<T>(this IEnumerable<T> items, Func<T, Movements> of) => items.Aggregate(Movements.None, (sum, item) => sum + of(item));
}

/// <summary>What became in a month of points of one vintage that one version of their issuer's agreement priced.</summary>
/// <param name="AgreementVersion">0 where the ledger did not tell it yet.</param>
/// <param name="Period">The month in whose books it stands.</param>
internal sealed record CohortMovements(Vintage Vintage, int AgreementVersion, Month Period, Movements Moved);
