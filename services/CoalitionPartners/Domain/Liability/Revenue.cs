using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Liability;

/// <summary>
/// Revenue from points that customers get with goods, by IFRS 15 and ASC 606: part of what they pay is for the points, and is revenue once the
/// points are used. Amounts are in minor units.
/// </summary>
internal static class Revenue
{
    /// <summary>
    /// The part of a price that is for points: by relative stand-alone selling prices, that of points being what a point is worth to its holder
    /// times how many are expected to be redeemed (IFRS 15.74 and B42). What is left is for the goods.
    /// </summary>
    /// <param name="goods">Stand-alone selling price of the goods.</param>
    /// <param name="points">Stand-alone selling price of the points.</param>
    public static long AllocatedToPoints(long price, decimal goods, decimal points) =>
        price <= 0 || goods <= 0 || points <= 0 ? 0 : Proportion.Split(price, goods, points)[1];

    /// <summary>
    /// What has been revenue so far of what was allocated: in proportion to what was redeemed of what is expected to be redeemed in all
    /// (IFRS 15.B46). Computed from the beginning each time, so that a change of expectation is caught up with when it is made. Where more was
    /// put back by the end of a month than had been redeemed by then, nothing was.
    /// </summary>
    public static long Recognised(long allocated, Points redeemed, Points expected) => redeemed >= expected ? allocated
        : redeemed <= Points.Zero ? 0
        : Proportion.Of(allocated, redeemed.Value, expected.Value);
}
