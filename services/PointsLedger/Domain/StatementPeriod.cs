using System.Globalization;

namespace Loyalty.PointsLedger.Domain;

/// <summary>What a statement of account is about: what the ledger recorded in one calendar month, in UTC.</summary>
/// <param name="First">The first day of the month.</param>
internal readonly record struct StatementPeriod(DateOnly First)
{
    /// <summary>A month stays open so long after its last instant, for postings that were recorded in it and are still being committed.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    private const string Form = "yyyy-MM";

    public static StatementPeriod Of(DateTimeOffset recordedAt) => new(new DateOnly(recordedAt.UtcDateTime.Year, recordedAt.UtcDateTime.Month, 1));

    /// <summary>The latest month that is closed at a moment.</summary>
    public static StatementPeriod LastClosedAt(DateTimeOffset now) => new(Of(now - Grace).First.AddMonths(-1));

    public static bool TryParse(string text, out StatementPeriod period)
    {
        var understood = DateOnly.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var first);
        period = new(first);
        return understood;
    }

    /// <summary>The next month; there is one after every closed one.</summary>
    public StatementPeriod Next() => new(First.AddMonths(1));

    /// <summary>The instant with which a closed month is closed.</summary>
    public DateTimeOffset ClosedAt() => new DateTimeOffset(Next().First, TimeOnly.MinValue, TimeSpan.Zero) + Grace;

    public override string ToString() => First.ToString(Form, CultureInfo.InvariantCulture);
}
