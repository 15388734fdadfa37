using System.Globalization;
using System.Text.Json.Serialization;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Payments;

/// <summary>Who pays. It is stored by its name.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PaymentDirection>))]
internal enum PaymentDirection
{
    /// <summary>The coalition pays the partner.</summary>
    [JsonStringEnumMemberName("pay")]
    Pay,

    /// <summary>The partner pays the coalition.</summary>
    [JsonStringEnumMemberName("collect")]
    Collect,
}

/// <summary>One payment that settles a partner's position.</summary>
/// <param name="EndToEndId">Names it at every bank on its way; follows from cycle, partner and currency.</param>
/// <param name="Amount">Minor units, above zero.</param>
/// <param name="Account">The partner's.</param>
internal sealed record PaymentInstruction(
    string EndToEndId, PartnerId Partner, Currency Currency, PaymentDirection Direction, long Amount, BankAccount Account);

/// <summary>Who has which bank account, and what partners are called.</summary>
/// <param name="Coalition">The coalition's own; null as long as nobody has said.</param>
internal sealed record PaymentParties(
    BankAccount? Coalition, IReadOnlyDictionary<PartnerId, BankAccount> Accounts, IReadOnlyDictionary<PartnerId, string> Codes);

/// <summary>The payments of a closed cycle: one for each position that isn't zero.</summary>
/// <param name="ValueDate">When they shall be executed.</param>
/// <param name="Coalition">The coalition's account, from which and to which is paid.</param>
internal sealed record PaymentOrder(CycleId Cycle, DateOnly ValueDate, BankAccount? Coalition, IReadOnlyList<PaymentInstruction> Instructions)
{
    private const int MostDaysAhead = 90;
    private const int NamedPartners = 5;
    private static readonly Guid Names = new("2f6bb5c6-64b0-5a9b-9f5a-0c2f0d4b7a11");

    /// <summary>An id of at most 35 characters that every payment scheme can carry, and that begins with the cycle.</summary>
    public static string IdOf(CycleId cycle, Currency currency, string name) =>
        $"{cycle}.{currency}.{NamedGuid.From(Names, $"{cycle}/{currency}/{name}").ToString("N")[..16]}";

    /// <summary>The cycle to which an end-to-end id belongs; null where it is none of ours.</summary>
    public static string? CycleOf(string endToEndId) => endToEndId.IndexOf('.', StringComparison.Ordinal) is > 0 and var end ? endToEndId[..end] : null;

    /// <summary>What settles a cycle; the same input gives the same. Or why it can't be instructed.</summary>
    /// <param name="valueDate">When; null for the first working day after today.</param>
    public static (PaymentOrder? Order, Refusal? Refusal) Of(CycleClosed closed, DateOnly? valueDate, PaymentParties parties, DateTimeOffset at)
    {
        var today = DateOnly.FromDateTime(at.UtcDateTime);
        var date = valueDate ?? WorkingDayAfter(today);
        if (date < today || date > today.AddDays(MostDaysAhead))
            return (null, PaymentRefusals.ValueDate(MostDaysAhead));
        var positions = closed.Currencies.SelectMany(c => c.Netting.Positions).Where(p => p.Net.Minor != 0).ToList();
        var missing = positions.Select(p => p.Partner).Distinct().Where(p => !parties.Accounts.ContainsKey(p))
            .Select(p => parties.Codes.GetValueOrDefault(p, p.ToString())).Order(StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
            return (null, PaymentRefusals.NoAccount(missing.Take(NamedPartners), missing.Count));
        if (positions.Count > 0 && parties.Coalition is null)
            return (null, PaymentRefusals.NoCoalitionAccount);
        return (new(closed.Cycle, date, parties.Coalition, [.. positions.Select(p => Instruction(closed.Cycle, p, parties.Accounts[p.Partner]))]), null);
    }

    /// <summary>Whether it pays the same amounts from and to the same accounts.</summary>
    public bool Pays(PaymentOrder other) => Coalition == other.Coalition && Instructions.SequenceEqual(other.Instructions);

    private static PaymentInstruction Instruction(CycleId cycle, Position position, BankAccount account)
    {
        var net = position.Net;
        return new(
            IdOf(cycle, net.Currency, position.Partner.ToString()), position.Partner, net.Currency,
            net.Minor > 0 ? PaymentDirection.Pay : PaymentDirection.Collect, Math.Abs(net.Minor), account);
    }

    private static DateOnly WorkingDayAfter(DateOnly day)
    {
        do day = day.AddDays(1);
        while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday);
        return day;
    }
}

/// <summary>Why payments are not instructed or confirmed.</summary>
internal static class PaymentRefusals
{
    public static readonly Refusal SamePerson = new("same-person", "Whoever proposes the payments of a cycle doesn't decide on them. Ask another operator.");

    public static readonly Refusal NotClosed = new("cycle-not-closed", "This cycle is not closed, so its positions may still move. Close it first.");

    public static readonly Refusal NotProposed = new("payments-not-proposed", "Nobody has proposed to pay this cycle. Propose it first.");

    public static readonly Refusal Decided = new("payments-decided", "Another operator has approved the payments of this cycle already.");

    public static readonly Refusal Differ = new("payments-differ", "The payments of this cycle have another value date. Have the proposal rejected to propose another one.");

    public static readonly Refusal Outdated = new(
        "payments-outdated", "A bank account was changed after these payments were proposed. Reject them, and propose them again.");

    public static readonly Refusal NoCoalitionAccount = new("bank-account-missing", "The coalition has no bank account. Propose one at /v1/clearing/bank-account.");

    public static readonly Refusal NotInstructed = new("payments-not-instructed", "The payments of this cycle are not instructed, so there is none to confirm.");

    public static readonly Refusal Unknown = new("payment-unknown", "There is no such payment in this cycle. Check the end-to-end id.");

    public static readonly Refusal ReferenceUsed = new(
        "bank-reference-used", "This bank reference has confirmed another payment, or another amount. Repeat that unchanged, or use the bank's own reference.");

    public static Refusal ValueDate(int days) => new("value-date-not-allowed", $"The value date is today or one of the next {days} days.");

    public static Refusal BookedAt(int years) => new("booked-at-not-allowed", $"A booking is not in the future, nor more than {years} years old. Check its date.");

    public static Refusal NoAccount(IEnumerable<string> codes, int count) => new(
        "bank-account-missing", string.Create(CultureInfo.InvariantCulture, $"{count} of the partners with a position have no bank account: {string.Join(", ", codes)}{(count > 5 ? " and others" : "")}. Have one approved for each, and propose again."));

    public static Refusal Currency(Currency currency) => new("currency-differs", $"This payment is in {currency}. Send the amount in that currency, or check the payment's id.");

    public static Refusal TooMuch(Money left) => new("overpaid", $"Of this payment {left} is left. Clear up with the bank what the rest is for, and confirm no more than that.");
}
