namespace Loyalty.CoalitionPartners.Domain;

/// <summary>How far a batch is.</summary>
internal enum BatchState
{
    /// <summary>Its lines are still coming in.</summary>
    Receiving,

    /// <summary>All lines are there, and are compared with each other.</summary>
    Checking,

    /// <summary>Its good lines are being sent to the ledger.</summary>
    Sending,

    /// <summary>All are sent, and not all are answered.</summary>
    Awaiting,

    /// <summary>Every line has its outcome.</summary>
    Complete,

    /// <summary>It was to be checked only; what waits would have been sent.</summary>
    Checked,
}

/// <summary>What became of a line.</summary>
internal static class LineOutcome
{
    public const string Accepted = "accepted";
    public const string Replayed = "replayed";
    public const string Refused = "refused";
    public const string Differs = "differs";

    /// <summary>None yet. Only shown; what waits is stored without an outcome.</summary>
    public const string Waiting = "waiting";

    public static readonly IReadOnlyList<string> All = [Accepted, Replayed, Refused, Differs, Waiting];
}

/// <summary>The lines of a batch by outcome; received is always the sum of the others.</summary>
internal sealed record BatchCounts(int Received, int Accepted, int Replayed, int Refused, int Differing)
{
    public int Waiting => Received - Accepted - Replayed - Refused - Differing;
}

/// <summary>When a batch sends, waits and sends again. Answers can be lost with a broker, never the batch's lines.</summary>
/// <param name="Chunk">Lines sent at once.</param>
/// <param name="Window">Lines on their way at most, so that no batch fills the broker.</param>
/// <param name="ResendAfter">How long it waits for an answer before it begins another round; doubled with each round up to an hour.</param>
internal sealed record SendingPolicy(int Chunk, int Window, TimeSpan ResendAfter)
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Whether more may be sent in this round.</summary>
    /// <param name="sent">Lines sent in this round.</param>
    /// <param name="answered">Lines answered since it began.</param>
    public bool MaySend(int sent, int answered) => sent - answered < Window;

    /// <summary>Whether what was sent and not answered is to be sent again.</summary>
    /// <param name="round">The round, from 1.</param>
    /// <param name="still">How long nothing was sent or answered.</param>
    public bool IsStuck(int round, TimeSpan still) => still >= Patience(round);

    private TimeSpan Patience(int round) =>
        TimeSpan.FromSeconds(Math.Min(Math.Max(Longest.TotalSeconds, ResendAfter.TotalSeconds), ResendAfter.TotalSeconds * Math.Pow(2, round - 1)));
}
