using Loyalty.Cli.Audit.Liability;

namespace Loyalty.Cli.Audit;

/// <summary>What one pass over all accounts finds out.</summary>
internal sealed class LedgerChecks
{
    public Check Balanced { get; } = new(1, "postings of every fact sum to zero, and so does the trial balance, which equals them");

    public Check Lots { get; } = new(2, "no lot is below zero, and balances are live lots less reservations");

    public Check Snapshots { get; } = new(3, "stored states equal a replay of their facts");

    public Check Once { get; } = new(7, "what is voided has no effect, and what is undone is undone once");

    public Check Returns { get; } = new(8, "no more is returned than was bought, in all and line by line");

    public Check Covered { get; } = new(9, "no more is spent than there was to spend");

    public Check InOrder { get; } = new(10, "lots are drawn earliest expiry first, and never from their expiry on");

    public Check Barred { get; } = new(11, "nothing is spent with blocked or unknown cards or from closed accounts");

    /// <summary>What members hold; null where nobody asks.</summary>
    public HeldPoints? Held { get; init; }

    public OpenTransfers Transfers { get; } = new();

    public MovedTransactions Moved { get; } = new();

    public Check Understood { get; } = new(17, "every stored event is understood");
}
