using System.Text.Json.Serialization;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Payments;

// The facts about whose account is where. Their members are storage format: see Storage/StoredEvents.cs before renaming one.
internal abstract record BankAccountFact;

/// <param name="Partner">Whose account; null for the coalition's own.</param>
internal sealed record BankAccountProposed(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PartnerId? Partner, BankAccount Account, string Maker, DateTimeOffset ProposedAt) : BankAccountFact;

internal sealed record BankAccountRejected(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PartnerId? Partner, string Checker, DateTimeOffset RejectedAt) : BankAccountFact;

/// <summary>Another operator has agreed: payments that are instructed from now on go by this account.</summary>
internal sealed record BankAccountChanged(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PartnerId? Partner, BankAccount Account, string Maker, string Checker, DateTimeOffset ChangedAt)
    : BankAccountFact;

/// <summary>The bank account of a partner, or of the coalition. A change takes two operators.</summary>
/// <param name="Proposal">Waits for a second operator.</param>
/// <param name="RejectedBy">Who rejected the last proposal, as long as there is no other.</param>
internal sealed record BankDetails(Guid Id, BankAccountProposed? Proposal, string? RejectedBy, BankAccountChanged? Current) : IAggregate<BankDetails>
{
    private static readonly Guid Coalition = new("b0c7a9b1-3a1d-5f0c-8e54-64b9e1b7c2d0");

    public static string Alias => "bank_details";

    public static BankDetails Initial(Guid streamId) => new(streamId, null, null, null);

    /// <param name="partner">Whose; null for the coalition.</param>
    public static Guid StreamOf(PartnerId? partner) => partner is { } holder ? NamedGuid.From(holder.Value, "bank-details") : Coalition;

    /// <summary>Nothing more happens for the account that holds or is proposed already.</summary>
    public Decision<BankAccountFact> Propose(PartnerId? partner, BankAccount account, string maker, DateTimeOffset at)
    {
        if (Proposal is { } waiting)
            return waiting.Account == account && waiting.Maker == maker ? Accept() : BankAccountRefusals.Pending;
        return Current?.Account == account ? Accept() : Accept(new BankAccountProposed(partner, account, maker, at));
    }

    /// <summary>Nothing more happens when the same operator approves again.</summary>
    /// <param name="iban">What the operator has checked; a change that was replaced meanwhile is not approved unseen.</param>
    public Decision<BankAccountFact> Approve(string iban, string checker, DateTimeOffset at)
    {
        if (Proposal is not { } p)
            return Current is { } c && c.Account.Iban == iban && c.Checker == checker ? Accept() : BankAccountRefusals.NotProposed;
        if (p.Maker == checker)
            return BankAccountRefusals.SamePerson;
        return p.Account.Iban == iban ? Accept(new BankAccountChanged(p.Partner, p.Account, p.Maker, checker, at)) : BankAccountRefusals.Differs;
    }

    /// <summary>Nothing more happens when the same operator rejects again.</summary>
    public Decision<BankAccountFact> Reject(string checker, DateTimeOffset at)
    {
        if (Proposal is not { } p)
            return RejectedBy == checker ? Accept() : BankAccountRefusals.NotProposed;
        return p.Maker == checker ? BankAccountRefusals.SamePerson : Accept(new BankAccountRejected(p.Partner, checker, at));
    }

    public BankDetails When(object @event) => @event switch
    {
        BankAccountProposed e => this with { Proposal = e, RejectedBy = null },
        BankAccountRejected e => this with { Proposal = null, RejectedBy = e.Checker },
        BankAccountChanged e => this with { Proposal = null, Current = e },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of a bank account."),
    };

    private static Decision<BankAccountFact> Accept(params IReadOnlyList<BankAccountFact> facts) => Decision<BankAccountFact>.Accept(facts);
}

/// <summary>Why a bank account is not changed.</summary>
internal static class BankAccountRefusals
{
    public static readonly Refusal SamePerson = new("same-person", "Whoever proposes a bank account doesn't decide on it. Ask another operator.");

    public static readonly Refusal Pending = new("bank-account-pending", "Another change of this bank account waits for a decision. Have it approved or rejected first.");

    public static readonly Refusal NotProposed = new("bank-account-not-proposed", "No change of this bank account waits for a decision. Propose it first.");

    public static readonly Refusal Differs = new("bank-account-differs", "This is not the IBAN that was proposed. Look at the proposal again, and ask the partner on another way.");
}
