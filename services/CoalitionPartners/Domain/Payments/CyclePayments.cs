using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Payments;

// The facts of a cycle's payments. Their members are storage format: see Storage/StoredEvents.cs before renaming one.
internal abstract record PaymentFact;

/// <param name="Maker">The client of the operator who asks for it.</param>
internal sealed record PaymentsProposed(PaymentOrder Order, string Maker, DateTimeOffset ProposedAt) : PaymentFact;

internal sealed record PaymentsRejected(CycleId Cycle, string Checker, DateTimeOffset RejectedAt) : PaymentFact;

/// <summary>Another operator has agreed: what it lists shall be paid.</summary>
internal sealed record PaymentsInstructed(PaymentOrder Order, string Maker, string Checker, DateTimeOffset InstructedAt) : PaymentFact;

/// <summary>The bank has said that a payment, or a part of it, was booked.</summary>
/// <param name="Amount">Minor units, above zero.</param>
/// <param name="BankReference">The bank's own name for the booking, unique within the cycle.</param>
/// <param name="BookedAt">When the bank booked it; it counts in the cycle that is open where this fact stands in the log.</param>
internal sealed record PaymentConfirmed(
    CycleId Cycle, string EndToEndId, PartnerId Partner, Currency Currency, PaymentDirection Direction, long Amount, DateTimeOffset BookedAt,
    string BankReference, string ConfirmedBy, DateTimeOffset RecordedAt) : PaymentFact
{
    /// <summary>What it does to the partner's account with the coalition: being paid leaves less to be owed.</summary>
    public long OnAccount() => Direction == PaymentDirection.Pay ? -Amount : Amount;
}

/// <summary>Everything that was instructed has been paid in full.</summary>
internal sealed record CycleSettled(CycleId Cycle, DateTimeOffset SettledAt) : PaymentFact;

/// <summary>What the bank tells of one booking.</summary>
/// <param name="Amount">Above zero.</param>
internal sealed record Booking(Money Amount, DateTimeOffset BookedAt, string BankReference);

/// <summary>A cycle's payments, from their proposal until all are paid.</summary>
/// <param name="Proposal">Waits for a second operator.</param>
/// <param name="RejectedBy">Who rejected the last proposal, as long as there is no other.</param>
internal sealed record CyclePayments(
    Guid Id, PaymentsProposed? Proposal, string? RejectedBy, PaymentsInstructed? Instructed, IReadOnlyList<PaymentConfirmed> Confirmations, DateTimeOffset? SettledAt)
    : IAggregate<CyclePayments>
{
    private const int MostYearsBack = 10;
    private static readonly Guid Streams = new("6f4a27c1-52b6-5d0e-a3a9-7f3b1f0c9d22");

    public static string Alias => "cycle_payments";

    public static CyclePayments Initial(Guid streamId) => new(streamId, null, null, null, [], null);

    public static Guid StreamOf(CycleId cycle) => NamedGuid.From(Streams, cycle.ToString());

    /// <summary>What is proposed, or instructed.</summary>
    public PaymentOrder? Order => Instructed?.Order ?? Proposal?.Order;

    /// <summary>How much of a payment was booked, in minor units.</summary>
    public long Paid(string endToEndId) => Confirmations.Where(c => c.EndToEndId == endToEndId).Sum(c => c.Amount);

    /// <summary>A cycle is instructed once: what is proposed, or has gone further, is left as it is.</summary>
    public Decision<PaymentFact> Propose(CycleClosed? closed, DateOnly? valueDate, PaymentParties parties, string maker, DateTimeOffset at)
    {
        if (Order is { } known)
            return valueDate is null || valueDate == known.ValueDate ? Accept() : PaymentRefusals.Differ;
        if (closed is null)
            return PaymentRefusals.NotClosed;
        var (order, refusal) = PaymentOrder.Of(closed, valueDate, parties, at);
        return order is null ? refusal! : Accept(new PaymentsProposed(order, maker, at));
    }

    /// <summary>Nothing more happens when the same operator approves again.</summary>
    public Decision<PaymentFact> Approve(CycleClosed? closed, PaymentParties parties, string checker, DateTimeOffset at)
    {
        if (checker == (Instructed?.Maker ?? Proposal?.Maker))
            return PaymentRefusals.SamePerson;
        if (Instructed is not null)
            return checker == Instructed.Checker ? Accept() : PaymentRefusals.Decided;
        if (Proposal is not { } p || closed is null)
            return PaymentRefusals.NotProposed;
        var (order, refusal) = PaymentOrder.Of(closed, p.Order.ValueDate, parties, at);
        if (order is null)
            return refusal!;
        if (!order.Pays(p.Order))
            return PaymentRefusals.Outdated;
        var instructed = new PaymentsInstructed(p.Order, p.Maker, checker, at);
        return p.Order.Instructions.Count > 0 ? Accept(instructed) : Accept(instructed, new CycleSettled(closed.Cycle, at));
    }

    /// <summary>Nothing more happens when the same operator rejects again.</summary>
    public Decision<PaymentFact> Reject(string checker, DateTimeOffset at)
    {
        if (checker == (Instructed?.Maker ?? Proposal?.Maker))
            return PaymentRefusals.SamePerson;
        if (Instructed is not null)
            return PaymentRefusals.Decided;
        if (Proposal is not { } p)
            return checker == RejectedBy ? Accept() : PaymentRefusals.NotProposed;
        return Accept(new PaymentsRejected(p.Order.Cycle, checker, at));
    }

    /// <summary>Records what the bank says, once for each of its references. Parts are taken; more than what is left is not.</summary>
    public Decision<PaymentFact> Confirm(string endToEndId, Booking booking, string by, DateTimeOffset at)
    {
        if (Instructed is not { Order: var order })
            return PaymentRefusals.NotInstructed;
        if (order.Instructions.FirstOrDefault(i => i.EndToEndId == endToEndId) is not { } payment)
            return PaymentRefusals.Unknown;
        if (booking.BookedAt > at.AddDays(1) || booking.BookedAt < at.AddYears(-MostYearsBack))
            return PaymentRefusals.BookedAt(MostYearsBack);
        if (booking.Amount.Currency != payment.Currency)
            return PaymentRefusals.Currency(payment.Currency);
        if (Confirmations.FirstOrDefault(c => c.BankReference == booking.BankReference) is { } known)
            return known.EndToEndId == endToEndId && known.Amount == booking.Amount.Minor && known.BookedAt == booking.BookedAt ? Accept() : PaymentRefusals.ReferenceUsed;
        var left = payment.Amount - Paid(endToEndId);
        if (booking.Amount.Minor > left)
            return PaymentRefusals.TooMuch(new(left, payment.Currency));
        var confirmed = new PaymentConfirmed(
            order.Cycle, endToEndId, payment.Partner, payment.Currency, payment.Direction, booking.Amount.Minor, booking.BookedAt, booking.BankReference, by, at);
        // No payment is booked beyond its amount, so that all are paid when the sums are equal.
        return order.Instructions.Sum(i => (decimal)i.Amount) == Confirmations.Sum(c => (decimal)c.Amount) + confirmed.Amount
            ? Accept(confirmed, new CycleSettled(order.Cycle, at))
            : Accept(confirmed);
    }

    public CyclePayments When(object @event) => @event switch
    {
        PaymentsProposed e => this with { Proposal = e, RejectedBy = null },
        PaymentsRejected e => this with { Proposal = null, RejectedBy = e.Checker },
        PaymentsInstructed e => this with { Proposal = null, Instructed = e },
        PaymentConfirmed e => this with { Confirmations = [.. Confirmations, e] },
        CycleSettled e => this with { SettledAt = e.SettledAt },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of a cycle's payments."),
    };

    private static Decision<PaymentFact> Accept(params IReadOnlyList<PaymentFact> facts) => Decision<PaymentFact>.Accept(facts);
}
