using System.Globalization;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

/// <summary>What every way to look into the books has in common: who may, and how the two axes of time are written.</summary>
internal static class LookingBack
{
    /// <summary>Stops a partner, for the books show what was posted at all partners.</summary>
    public static void RequireOperator(this HttpContext http)
    {
        if (http.Caller().Partner is not null)
            throw new ProblemException(Problem.Of(403, "operator-required", "Only the coalition's operator may see this. Ask for your own lines instead: liability, history or settlement."));
    }

    /// <summary>The day in UTC that a date or a time names; null when nothing is asked for.</summary>
    public static DateOnly? Day(string parameter, string? text)
    {
        if (text is null) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
        return Rfc3339.TryParse(text, out var time)
            ? DateOnly.FromDateTime(time.UtcDateTime)
            : throw new ProblemException($"'{parameter}' is a date, 2017-03-31, or a time with its offset, 2017-03-31T10:15:00Z; write a + in it as %2B.");
    }

    /// <summary>The instant that a time names; null when nothing is asked for.</summary>
    public static DateTimeOffset? Instant(string parameter, string? text)
    {
        if (text is null) return null;
        return Rfc3339.TryParse(text, out var time)
            ? time.ToUniversalTime()
            : throw new ProblemException($"'{parameter}' is a time with its offset, 2017-03-31T10:15:00Z; write a + in it as %2B.");
    }
}
