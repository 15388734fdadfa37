using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Liability;

/// <summary>
/// How an issuer's points were redeemed in the past, by age in months, over the vintages that are completed: nothing of them is outstanding.
/// It is a chain ladder whose factors lead from each age straight to the end.
/// </summary>
/// <param name="Granted">Points of all completed vintages.</param>
/// <param name="UsedByAge">How many of them had been used by the end of each age, from 0 on; the last one is the end.</param>
internal sealed record RedemptionHistory(Points Granted, IReadOnlyList<Points> UsedByAge)
{
    /// <summary>The history that could be known at the end of a month.</summary>
    public static RedemptionHistory Of(IEnumerable<CohortMovements> movements, Month through)
    {
        var completed = movements.Where(m => m.Period <= through && m.Vintage.Month is not null).GroupBy(m => m.Vintage.Month!.Value)
            .Select(v => (Ages: v.Select(m => (Age: Math.Max(m.Period.Since(v.Key), 0), m.Moved)).ToList(), Total: v.Sum(m => m.Moved)))
            .Where(v => v.Total.Granted > Points.Zero && v.Total.Outstanding <= Points.Zero).ToList();
        var oldest = completed.SelectMany(v => v.Ages).Select(a => a.Age).DefaultIfEmpty(-1).Max();
        var used = new Points[oldest + 1];
        foreach (var (age, moved) in completed.SelectMany(v => v.Ages)) used[age] += moved.Used;
        for (var age = 1; age <= oldest; age++) used[age] += used[age - 1];
        return new(completed.Sum(v => v.Total.Granted), used);
    }

    /// <summary>How many points of a vintage will have been used in the end; all of them where nothing is known of the past.</summary>
    /// <param name="age">In whole months; null where it is unknown, which is taken for a new one.</param>
    public decimal Expected(Points granted, Points used, int? age)
    {
        if (UsedByAge.Count == 0)
            return granted.Value;
        var (end, soFar) = (UsedByAge[^1], age is { } a ? UsedByAge[Math.Clamp(a, 0, UsedByAge.Count - 1)] : Points.Zero);
        // Nothing can be told from what has not begun: then the vintage is expected to end like the others.
        return soFar > Points.Zero && used > Points.Zero
            ? (decimal)used.Value * end.Value / soFar.Value
            : (decimal)granted.Value * end.Value / Granted.Value;
    }
}
