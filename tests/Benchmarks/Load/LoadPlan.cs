namespace Loyalty.Benchmarks.Load;

/// <summary>What is asked of a service.</summary>
internal enum Request
{
    /// <summary>Three purchases to one redemption, a request each.</summary>
    Postings,

    /// <summary>The same as lines of long requests.</summary>
    Lines,

    /// <summary>The balance of a random account.</summary>
    BalanceOfAccount,

    /// <summary>The balance by a random card.</summary>
    BalanceOfCard,
}

/// <summary>One run of the load generator.</summary>
/// <param name="Target">Whose accounts they are: postings of one target continue where its last run ended.</param>
/// <param name="Request">What is asked.</param>
/// <param name="Port">Where the service listens on loopback.</param>
/// <param name="Token">The access token that every request carries; none when empty.</param>
/// <param name="Accounts">How many accounts there are.</param>
/// <param name="Connections">Connections, each with one request at a time.</param>
/// <param name="Seconds">How long requests are started.</param>
/// <param name="HotShare">The share of postings that goes to one account.</param>
/// <param name="Rate">Requests per second by a fixed schedule (open loop); null asks again as soon as there is an answer (closed loop).</param>
/// <param name="LinesPerRequest">Lines of each request where lines are sent.</param>
/// <param name="MostLines">Ends before its time when so many lines have been answered.</param>
/// <param name="Offers">Whether the seeded offers rate the purchases, so that there is more to redeem.</param>
/// <param name="Timeline">Whether to say when how many postings had been acknowledged.</param>
internal sealed record LoadPlan(
    string Target, Request Request, int Port, string Token, int Accounts, int Connections, double Seconds, double HotShare = 0,
    double? Rate = null, int LinesPerRequest = 5000, long? MostLines = null, bool Offers = false, bool Timeline = false);

/// <summary>What came of it.</summary>
/// <param name="Accepted">Answers with 2xx.</param>
/// <param name="Rate">Accepted per second while requests were being started.</param>
/// <param name="Refused">Decided, but refused (422): such as a redemption that overtook its purchases.</param>
/// <param name="Failed">All other answers, and requests without an answer.</param>
/// <param name="Seconds">From the first request to the last answer.</param>
/// <param name="P50">Milliseconds that half of the answers took at most; from the scheduled time in an open loop.</param>
/// <param name="P99">Milliseconds that 99 of 100 took at most.</param>
/// <param name="CpuCores">Processor time of the generator per second.</param>
/// <param name="Statuses">How many answers had which status; 0 for no answer.</param>
/// <param name="Fault">Why the run ended early, if it did.</param>
internal sealed record LoadResult(
    long Accepted, double Rate, long Refused, long Failed, double Seconds, double P50, double P99, double Longest, double CpuCores,
    IReadOnlyDictionary<int, long> Statuses, IReadOnlyList<Acknowledged> Timeline, string? Fault);

/// <summary>How many postings had been acknowledged at a moment.</summary>
/// <param name="At">Ticks of the system's monotonic clock, which all processes share.</param>
internal sealed record Acknowledged(long At, long Postings);
