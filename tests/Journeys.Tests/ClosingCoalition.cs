using System.Globalization;

namespace Loyalty.Journeys.Tests;

/// <summary>
/// A coalition of their own for the journeys that close months. Months are closed in the order of time, so nobody here posts anything that
/// took place before the last one.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ClosingCoalition : ICollectionFixture<Coalition>
{
    internal const string Name = "closing coalition";
}

/// <summary>The month in UTC that is over and can be closed.</summary>
internal static class LastMonth
{
    private static readonly DateTimeOffset First = FirstOfThisMonth().AddMonths(-1);

    /// <summary>As cycles and the books of liability are named: 2017-03.</summary>
    public static string Name { get; } = First.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <summary>The one that runs now.</summary>
    public static string Next { get; } = First.AddMonths(1).ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <summary>Noon of its middle.</summary>
    public static DateTimeOffset Noon { get; } = First.AddDays(14).AddHours(12);

    private static DateTimeOffset FirstOfThisMonth() => new(DateTime.UtcNow.Year, DateTime.UtcNow.Month, 1, 0, 0, 0, TimeSpan.Zero);
}
