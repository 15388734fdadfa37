using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Liability;

/// <summary>Why estimates are not taken, and why books are not closed.</summary>
internal static class LiabilityRefusals
{
    public static readonly Refusal SamePerson = new("same-person", "Whoever proposes it doesn't decide on it. Ask another operator.");

    public static readonly Refusal Decided = new("liability-decided", "Another operator has decided on it already. Propose it anew if the decision was wrong.");

    public static readonly Refusal EstimatesUnknown = new("estimates-unknown", "There is no such version of the estimates. Check it against the list of versions.");

    public static readonly Refusal PeriodUnknown = new("period-unknown", "A period is a month such as 2017-03 that has begun.");

    public static readonly Refusal NotProposed = new("closing-not-proposed", "Nobody has proposed to close this period. Propose it first.");

    public static Refusal EstimateNotAllowed(string detail) => new("estimate-not-allowed", detail);

    public static Refusal EstimatesBackdated(Month closedThrough) =>
        new("estimates-backdated", $"The books are closed through {closedThrough}. Send an effectiveFrom of {closedThrough.Next()} or later.");

    public static Refusal NotOver(Month month) => new("period-not-over", $"{month} runs until {month.Next().First:yyyy-MM-dd}T00:00:00Z. Close it then.");

    public static Refusal NotNext(Month next) => new("period-not-next", $"Periods are closed in order, and {next} is the next one. Close that.");
}
