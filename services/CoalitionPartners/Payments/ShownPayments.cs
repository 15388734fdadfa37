using Loyalty.CoalitionPartners.Domain.Payments;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Payments;

/// <summary>How far the payments of a cycle have come.</summary>
internal enum PaymentsStatus
{
    Proposed,
    Instructed,
    Settled,
}

/// <summary>The payments of a cycle. Who did what, and the coalition's account, are for operators.</summary>
/// <param name="ValueDate">When they shall be executed.</param>
internal sealed record ShownPayments(
    string CycleId, PaymentsStatus Status, DateOnly ValueDate, BankAccount? Coalition, string? ProposedBy, string? ApprovedBy,
    DateTimeOffset? InstructedAt, DateTimeOffset? SettledAt, IReadOnlyList<ShownInstruction> Payments)
{
    /// <summary>What there is, in the order of currencies and partners' codes; null as long as nothing is proposed.</summary>
    /// <param name="only">The partner that asks, which sees its own once they are instructed; null for an operator.</param>
    public static ShownPayments? Of(CyclePayments payments, IReadOnlyDictionary<PartnerId, PartnerName> names, PartnerId? only)
    {
        if (payments.Order is not { } order || (only is not null && payments.Instructed is null))
            return null;
        var booked = payments.Confirmations.ToLookup(c => c.EndToEndId);
        var status = payments.SettledAt is not null ? PaymentsStatus.Settled : payments.Instructed is not null ? PaymentsStatus.Instructed : PaymentsStatus.Proposed;
        var shown = order.Instructions.Where(i => only is null || i.Partner == only).Select(i => ShownInstruction.Of(i, [.. booked[i.EndToEndId]], names[i.Partner]));
        var isOperator = only is null;
        return new(
            order.Cycle.ToString(), status, order.ValueDate, isOperator ? order.Coalition : null,
            isOperator ? payments.Instructed?.Maker ?? payments.Proposal?.Maker : null, isOperator ? payments.Instructed?.Checker : null,
            payments.Instructed?.InstructedAt, payments.SettledAt,
            [.. shown.OrderBy(p => p.Amount.Currency.Code, StringComparer.Ordinal).ThenBy(p => p.Code, StringComparer.Ordinal)]);
    }
}

/// <summary>One payment and what the bank has said of it.</summary>
/// <param name="Direction">pay: the coalition pays the partner. collect: the partner pays.</param>
/// <param name="Confirmed">What was booked.</param>
/// <param name="Left">What was not.</param>
internal sealed record ShownInstruction(
    string EndToEndId, Guid Partner, string Code, string Name, PaymentDirection Direction, Money Amount, Money Confirmed, Money Left, BankAccount Account,
    IReadOnlyList<ShownConfirmation> Confirmations)
{
    public static ShownInstruction Of(PaymentInstruction i, IReadOnlyList<PaymentConfirmed> booked, PartnerName name)
    {
        var (amount, confirmed) = (new Money(i.Amount, i.Currency), new Money(booked.Sum(b => b.Amount), i.Currency));
        return new(
            i.EndToEndId, name.Partner, name.Code, name.Name, i.Direction, amount, confirmed, amount - confirmed, i.Account,
            [.. booked.Select(b => new ShownConfirmation(new(b.Amount, b.Currency), b.BookedAt, b.BankReference, b.RecordedAt))]);
    }
}

internal sealed record ShownConfirmation(Money Amount, DateTimeOffset BookedAt, string BankReference, DateTimeOffset RecordedAt);
