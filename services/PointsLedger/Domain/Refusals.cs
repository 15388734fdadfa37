using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain;

/// <summary>Every reason to say no, with the stable code that clients branch on and a sentence that says what to do.</summary>
internal static class Refusals
{
    public static readonly Refusal AccountClosed = new("account-closed", "This account is no longer served. Ask the member for another card.");

    public static readonly Refusal UnknownCard = new("unknown-card", "No account belongs to this card. Check the number, or have the card linked to a member first.");

    public static readonly Refusal CardBlocked = new("card-blocked", "This card is blocked and can't spend points. Ask the member for another card.");

    public static readonly Refusal UnknownStore = new("unknown-store", "This store isn't one of yours. Check its code, or have the coalition's operator add it.");

    public static Refusal StoreClosed(DateTimeOffset from) =>
        new("store-closed", $"This store is closed from {from:yyyy-MM-ddTHH:mm:ssZ} on. Send the store where it was, or the time at which it was if that is earlier.");

    public static readonly Refusal NoAgreement = new("no-agreement", "No agreement of yours was in force at that time. Ask the coalition's operator to enter one.");

    public static readonly Refusal AmountTooLarge = new("amount-too-large", "This amount would earn more points than one posting can carry. Check the amount.");

    public static readonly Refusal PrepaidBlockEmpty =
        new("prepaid-block-empty", "The points that an issuer has paid for are used up. Have it buy a block, and send the purchase under a new id.");

    public static readonly Refusal PurchaseReversed = new("purchase-reversed", "This purchase has been reversed already; nothing of it is left to post or to return.");

    public static readonly Refusal RedemptionReversed = new("redemption-reversed", "This redemption has been reversed already. Send a new one under a new id if points are to be spent.");

    public static readonly Refusal ReservationReversed = new("reservation-reversed", "This reservation has been reversed already. Send a new one under a new id if points are to be set aside.");

    public static readonly Refusal TransactionReversed = new("transaction-reversed", "This transaction has been reversed already. Send a new one under a new id if it shall take place.");

    public static readonly Refusal ReservationNotOpen = new("reservation-not-open", "This reservation has been captured or released already. Reserve again if points are to be spent.");

    public static readonly Refusal NotReversible = new("not-reversible", "Only purchases, redemptions and open reservations can be reversed. Post the opposite as a new transaction instead.");

    public static readonly Refusal UnknownTransaction = new("unknown-transaction", "There is no such transaction of yours. Check the id.");

    public static readonly Refusal LinesDontAddUp = new("lines-do-not-add-up", "The amounts of the lines don't add up to the amount. Send the lines and their sum.");

    public static Refusal UnknownLine(int lines) => new("unknown-line", FormattableString.Invariant($"The receipt has {lines} lines, counted from 0. Name each line that comes back once."));

    public static Refusal ReturnExceedsLine(int line, Money kept) =>
        new("return-exceeds-purchase", FormattableString.Invariant($"Only {kept} of line {line} can still be returned. Return at most that amount."));

    public static Refusal PointsAlreadySpent(Points missing) =>
        new("points-already-spent", $"{missing} of the points that this would take back are already spent. The programme takes nothing back in that case.");

    public static Refusal LimitReached(string limit) =>
        new("limit-reached", $"This goes beyond the programme's limit '{limit}'. Send it under a new id once the hour or day is over, or ask the coalition's operator.");

    public static readonly Refusal UnknownAccount = new("unknown-account", "There is no such account. Check the id, or have a card linked to the member first.");

    public static readonly Refusal TransfersNotAllowed =
        new("transfers-not-allowed", "The programme lets nobody give points away. Have the coalition's operator publish a programme that does.");

    public static readonly Refusal ReservationsOpen = new("reservations-open", "Points of this account are set aside. Have the reservations captured or released first.");

    public static readonly Refusal AccountMerged = new("account-merged", "One of the accounts leads to another one. Name that one, or undo the merge first.");

    public static readonly Refusal AccountExists = new("account-exists", "There is an account under this id that is no pool. Give the pool an id of its own.");

    public static readonly Refusal PoolsAreJoined = new("pool", "Members' accounts are merged with one another, and join pools. Name accounts of those kinds.");

    public static readonly Refusal UnknownPool = new("unknown-pool", "There is no such pool. Check the id, or open the pool first.");

    public static readonly Refusal NotMerged = new("not-merged", "The account isn't merged into another one. There is nothing to undo.");

    public static readonly Refusal UndoTooLate = new("undo-too-late", "A merge can be undone within 30 days. Transfer points instead.");

    public static Refusal TransferTooLarge(Points most) => new("transfer-limit-reached", $"At most {most} points can be transferred at once. Transfer fewer.");

    public static Refusal TooMuchGiven(Points left) =>
        new("transfer-limit-reached", $"The account can give {left} points more this month. Transfer at most that many, or wait for the next month.");

    public static Refusal InsufficientPoints(Points balance) => new("insufficient-points", $"The account has {balance} points to spend. Ask for at most that many.");

    public static Refusal CurrencyMismatch(Currency currency) => new("currency-mismatch", $"Amounts must be in {currency} here. Send the amount in that currency.");

    public static Refusal ReturnExceedsPurchase(Money kept) => new("return-exceeds-purchase", $"Only {kept} of this purchase can still be returned. Return at most that amount.");

    public static Refusal CaptureExceedsReservation(Points held) => new("capture-exceeds-reservation", $"The reservation holds {held} points. Capture at most that many.");

    public static Refusal TooEarly(TimeSpan ahead) => new("too-early", FormattableString.Invariant($"The time is more than {ahead.TotalMinutes:0} minutes ahead of the ledger's. Set the till's clock."));

    public static Refusal TooLate(TimeSpan limit) => new("too-late", FormattableString.Invariant($"Transactions are accepted up to {limit.TotalHours:0} hours late. Ask the coalition's operator for a client that may backdate."));
}
