using System.Numerics;

namespace Loyalty.CoalitionPartners.Domain.Liability;

/// <summary>Shares in proportion, computed exactly and rounded once.</summary>
internal static class Proportion
{
    private const int MostDecimals = 28;

    /// <summary>The part of an amount that <paramref name="part"/> is of <paramref name="whole"/>, halves to even. None of them is below 0.</summary>
    public static long Of(long amount, decimal part, decimal whole)
    {
        var (numerator, denominator) = Fraction(amount, part, whole);
        var (quotient, rest) = BigInteger.DivRem(numerator, denominator);
        var half = (rest * 2).CompareTo(denominator);
        return (long)(half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient);
    }

    /// <summary>
    /// Splits an amount by weights so that the parts add up to it: each part is rounded down, and what is left goes, one by one, to those that
    /// lost most, the earlier of two that lost alike.
    /// </summary>
    public static IReadOnlyList<long> Split(long amount, params IReadOnlyList<decimal> weights)
    {
        var whole = weights.Sum();
        var shares = weights.Select((weight, index) =>
        {
            var (numerator, denominator) = Fraction(amount, weight, whole);
            var (quotient, rest) = BigInteger.DivRem(numerator, denominator);
            return (Index: index, Part: (long)quotient, Lost: rest);
        }).ToList();
        var left = amount - shares.Sum(s => s.Part);
        var favoured = shares.OrderByDescending(s => s.Lost).ThenBy(s => s.Index).Take((int)left).Select(s => s.Index).ToHashSet();
        return [.. shares.Select(s => favoured.Contains(s.Index) ? s.Part + 1 : s.Part)];
    }

    private static (BigInteger Numerator, BigInteger Denominator) Fraction(long amount, decimal part, decimal whole)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amount);
        ArgumentOutOfRangeException.ThrowIfNegative(part);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(whole);
        return (amount * Scaled(part), Scaled(whole));
    }

    private static BigInteger Scaled(decimal number)
    {
        var decimals = (int)number.Scale;
        var mantissa = new BigInteger(number * (decimal)BigInteger.Pow(10, decimals));
        return mantissa * BigInteger.Pow(10, MostDecimals - decimals);
    }
}
