using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Disputes;

/// <summary>How far a dispute has come.</summary>
internal enum DisputeStatus
{
    Opened,
    Answered,
    Upheld,
    Rejected,
    Withdrawn,
}

/// <summary>What somebody has said in a dispute.</summary>
/// <param name="ByPartner">Whether it was the partner.</param>
internal sealed record DisputeMessage(bool ByPartner, string By, string Text, DateTimeOffset At);

/// <summary>A partner's objection to one line of its closed statement. There is one for each line, and it is decided once.</summary>
/// <param name="Opening">What is in question; null as long as nobody has objected.</param>
/// <param name="Proposal">A decision that waits for a second operator.</param>
/// <param name="DeclinedBy">Who has declined the last proposal, as long as there is no other.</param>
/// <param name="Upheld">How it ended where the partner was right…</param>
/// <param name="Rejected">…and where it was not.</param>
internal sealed record Dispute(
    Guid Id, DisputeOpened? Opening, DisputeStatus Status, IReadOnlyList<DisputeMessage> Messages, DisputeDecisionProposed? Proposal, string? DeclinedBy,
    DisputeUpheld? Upheld, DisputeRejected? Rejected) : IAggregate<Dispute>
{
    private static readonly Guid Ids = new("0b7d2d6e-1b6f-5c27-8a40-3c8f5e9d1144");
    private static readonly Guid Streams = new("c1d0a6e3-7a42-5be1-9d3f-1e5d7c80b633");

    public static string Alias => "dispute";

    public static Dispute Initial(Guid streamId) => new(streamId, null, DisputeStatus.Opened, [], null, null, null, null);

    /// <summary>The dispute of a line.</summary>
    public static Guid IdOf(CycleId cycle, PartnerId partner, string line) => NamedGuid.From(Ids, $"{cycle}/{partner}/{line}");

    public static Guid StreamOf(Guid dispute) => NamedGuid.From(Streams, dispute.ToString());

    /// <summary>Nothing more happens for the same objection. One that was withdrawn may be raised again.</summary>
    public Decision<DisputeFact> Open(CycleId cycle, PartnerId partner, string line, Money amount, string reason, string by, DateTimeOffset at)
    {
        if (Opening is null || Status == DisputeStatus.Withdrawn)
            return Accept(new DisputeOpened(IdOf(cycle, partner, line), cycle, partner, line, amount.Currency, amount.Minor, reason, by, at));
        return (Opening.Currency, Opening.Amount, Opening.Reason) == (amount.Currency, amount.Minor, reason) ? Accept() : DisputeRefusals.Differs;
    }

    /// <summary>An operator's answer; the same again is one.</summary>
    public Decision<DisputeFact> Answer(string text, string by, DateTimeOffset at) =>
        Closed() ?? (Repeats(text, by) ? Accept() : Accept(new DisputeAnswered(Opening!.Dispute, text, by, at)));

    /// <summary>What the partner says to an answer; the same again is one.</summary>
    public Decision<DisputeFact> Reply(string text, string by, DateTimeOffset at) =>
        Closed() ?? (Status != DisputeStatus.Answered ? DisputeRefusals.NotAnswered : Repeats(text, by) ? Accept() : Accept(new DisputeReplied(Opening!.Dispute, text, by, at)));

    /// <summary>The partner lets it go; doing so again changes nothing.</summary>
    public Decision<DisputeFact> Withdraw(string by, DateTimeOffset at) =>
        Status == DisputeStatus.Withdrawn ? Accept() : Closed() ?? Accept(new DisputeWithdrawn(Opening!.Dispute, by, at));

    /// <summary>How an operator would decide it, once it is answered; the same proposal again is one.</summary>
    /// <param name="amount">Minor units that the partner shall get; null to reject it.</param>
    public Decision<DisputeFact> Propose(long? amount, string reason, string maker, DateTimeOffset at)
    {
        if (Closed() is { } closed)
            return closed;
        if (Status != DisputeStatus.Answered)
            return DisputeRefusals.NotAnswered;
        if (Proposal is { } p)
            return (p.Amount, p.Reason, p.Maker) == (amount, reason, maker) ? Accept() : DisputeRefusals.Pending;
        return amount <= 0 || amount > Opening!.Amount ? DisputeRefusals.NotBetween(new(Opening!.Amount, Opening.Currency)) : Accept(new DisputeDecisionProposed(Opening.Dispute, amount, reason, maker, at));
    }

    /// <summary>Another operator agrees with the decision; doing so again changes nothing.</summary>
    public Decision<DisputeFact> Approve(string checker, DateTimeOffset at)
    {
        if (checker == (Upheld?.Maker ?? Rejected?.Maker ?? Proposal?.Maker))
            return DisputeRefusals.SamePerson;
        if (checker == (Upheld?.Checker ?? Rejected?.Checker))
            return Accept();
        if (Closed() is { } closed)
            return closed;
        return Proposal switch
        {
            null => DisputeRefusals.NotProposed,
            { Amount: { } amount } p => Accept(new DisputeUpheld(p.Dispute, amount, p.Reason, p.Maker, checker, Correction.Of(p.Dispute), at)),
            var p => Accept(new DisputeRejected(p.Dispute, p.Reason, p.Maker, checker, at)),
        };
    }

    /// <summary>Another operator disagrees with the decision; doing so again changes nothing.</summary>
    public Decision<DisputeFact> Decline(string checker, DateTimeOffset at)
    {
        if (checker == (Upheld?.Maker ?? Rejected?.Maker ?? Proposal?.Maker))
            return DisputeRefusals.SamePerson;
        if (Closed() is { } closed)
            return closed;
        if (Proposal is null)
            return checker == DeclinedBy ? Accept() : DisputeRefusals.NotProposed;
        return Accept(new DisputeDecisionDeclined(Proposal.Dispute, checker, at));
    }

    /// <summary>What is posted forward when it is upheld.</summary>
    public CorrectionPosted Correcting(DisputeUpheld upheld) => new(
        upheld.Correction, Opening!.Partner, Opening.Currency, upheld.Amount, upheld.Reason, Opening.Cycle, Opening.Line, upheld.Dispute, upheld.Maker, upheld.Checker, upheld.UpheldAt);

    public Dispute When(object @event) => @event switch
    {
        DisputeOpened e => this with { Opening = e, Status = DisputeStatus.Opened, Messages = [.. Messages, new(true, e.OpenedBy, e.Reason, e.OpenedAt)] },
        DisputeAnswered e => this with { Status = DisputeStatus.Answered, Messages = [.. Messages, new(false, e.AnsweredBy, e.Text, e.AnsweredAt)] },
        DisputeReplied e => this with { Messages = [.. Messages, new(true, e.RepliedBy, e.Text, e.RepliedAt)] },
        DisputeWithdrawn => this with { Status = DisputeStatus.Withdrawn, Proposal = null },
        DisputeDecisionProposed e => this with { Proposal = e, DeclinedBy = null },
        DisputeDecisionDeclined e => this with { Proposal = null, DeclinedBy = e.Checker },
        DisputeUpheld e => this with { Status = DisputeStatus.Upheld, Proposal = null, Upheld = e },
        DisputeRejected e => this with { Status = DisputeStatus.Rejected, Proposal = null, Rejected = e },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of a dispute."),
    };

    // Why nobody can say anything in it; null where they can.
    private Decision<DisputeFact>? Closed()
    {
        if (Opening is null)
            return DisputeRefusals.Unknown;
        if (Status is DisputeStatus.Upheld or DisputeStatus.Rejected or DisputeStatus.Withdrawn)
            return DisputeRefusals.Decided;
        return null;
    }

    private bool Repeats(string text, string by) => Messages is [.., var last] && last.Text == text && last.By == by;

    private static Decision<DisputeFact> Accept(params IReadOnlyList<DisputeFact> facts) => Decision<DisputeFact>.Accept(facts);
}

/// <summary>Why a dispute doesn't move.</summary>
internal static class DisputeRefusals
{
    public static readonly Refusal Unknown = new("dispute-unknown", "There is no such dispute. Check its id.");

    public static readonly Refusal LineUnknown = new("line-unknown", "There is no such line. Check it against the statement.");

    public static readonly Refusal NotClosed = new("cycle-not-closed", "This statement is preliminary, and may still change. Dispute it when its cycle is closed.");

    public static readonly Refusal Differs = new("dispute-differs", "This line is disputed already, with another amount or reason. Reply there, or withdraw it first.");

    public static readonly Refusal NotAnswered = new("dispute-not-answered", "No operator has answered this dispute yet. That comes first.");

    public static readonly Refusal Decided = new("dispute-decided", "This dispute is decided or withdrawn. What is still wrong takes a correction.");

    public static readonly Refusal Pending = new("decision-proposed", "Another decision waits for a second operator. Have it approved or declined first.");

    public static readonly Refusal NotProposed = new("decision-not-proposed", "Nobody has proposed how to decide this dispute. Propose it first.");

    public static readonly Refusal SamePerson = new("same-person", "Whoever proposes a decision doesn't approve or decline it. Ask another operator.");

    public static Refusal Currency(Currency currency) => new("currency-differs", $"This statement is in {currency}. Send the amount in that currency.");

    public static Refusal TooFine(Currency currency) => new("amount-not-allowed", $"An amount in {currency} has at most {currency.Decimals} decimals.");

    public static Refusal NotBetween(Money amount) => new("amount-not-allowed", $"In question are {amount}. Uphold more than nothing and no more than that.");
}
