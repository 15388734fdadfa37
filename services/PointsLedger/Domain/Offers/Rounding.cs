using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>How an exact number of points becomes a whole one.</summary>
internal enum Rounding
{
    Down,
    HalfEven,
}

internal static class WholePoints
{
    // Sixteen digits are left before the point, which is more than any posting carries, so sums of exact points stay exact.
    private const int Decimals = 12;

    /// <summary>Exact points are kept to a trillionth, so that a third of a point doesn't spoil the sums.</summary>
    public static decimal Exact(decimal points) => decimal.Round(points, Decimals, MidpointRounding.ToEven);

    /// <summary>The same number without zeros at its end, so that it is written in one way only.</summary>
    public static decimal Plain(decimal points) => points == 0 ? 0 : points / 1.0000000000000000000000000000m;

    /// <summary>Never below zero: a member doesn't pay back what an earlier purchase was rounded up by.</summary>
    public static Points Whole(this Rounding rounding, decimal points)
    {
        var whole = rounding == Rounding.Down ? decimal.Floor(points) : decimal.Round(points, 0, MidpointRounding.ToEven);
        return new(checked((long)Math.Max(whole, 0)));
    }
}
