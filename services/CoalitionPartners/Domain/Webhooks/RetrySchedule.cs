namespace Loyalty.CoalitionPartners.Domain.Webhooks;

/// <summary>What becomes of a delivery after an attempt.</summary>
internal abstract record Verdict
{
    public sealed record Delivered : Verdict;

    /// <param name="After">How long to wait before the next attempt.</param>
    /// <param name="Gone">Whether the receiver says that it is gone for good: it waits until the webhook is resumed.</param>
    public sealed record Again(TimeSpan After, bool Gone = false) : Verdict;

    /// <summary>That was the last attempt.</summary>
    public sealed record GivenUp : Verdict;
}

/// <summary>When a delivery that failed is tried again.</summary>
/// <param name="Waits">How long after each attempt that failed; after one more it is given up.</param>
internal sealed record RetrySchedule(IReadOnlyList<TimeSpan> Waits)
{
    /// <summary>What Standard Webhooks recommends: ten attempts within three days and a few hours.</summary>
    public static readonly RetrySchedule Usual = new(
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ]);

    // A receiver may ask for patience, and not for ever.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);
    private const double Spread = 0.2;
    private const int Gone = 410;

    /// <param name="attempt">Which one it was, from 1 on.</param>
    /// <param name="status">The HTTP status of the answer; null where there was none.</param>
    /// <param name="retryAfter">What the receiver asked for.</param>
    /// <param name="jitter">From 0 to 1, by chance: receivers that come back are not met by all at once.</param>
    public Verdict Judge(int attempt, int? status, TimeSpan? retryAfter, double jitter)
    {
        if (status is >= 200 and < 300)
            return new Verdict.Delivered();
        if (attempt > Waits.Count)
            return status == Gone ? new Verdict.Again(Waits[^1], Gone: true) : new Verdict.GivenUp();
        var wait = Waits[attempt - 1] * (1 + (Spread * jitter));
        return new Verdict.Again(Longer(wait, retryAfter < LongestWait ? retryAfter.Value : retryAfter is null ? wait : LongestWait), status == Gone);
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
