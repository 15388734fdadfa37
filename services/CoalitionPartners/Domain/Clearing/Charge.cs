using System.Text.Json.Serialization;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Clearing;

/// <summary>What a charge is for. It is stored by its name.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ChargeKind>))]
internal enum ChargeKind
{
    [JsonStringEnumMemberName("fee-per-transaction")]
    FeePerTransaction,

    [JsonStringEnumMemberName("fee-per-cycle")]
    FeePerCycle,

    [JsonStringEnumMemberName("minimum")]
    Minimum,

    [JsonStringEnumMemberName("tax")]
    Tax,
}

/// <summary>What the coalition charges beside the postings.</summary>
/// <param name="Label">What the tax is called; null for what is no tax.</param>
/// <param name="Base">Of what it is the rate: transactions, or minor units; null where there is nothing to multiply.</param>
/// <param name="Rate">Units of the currency, or the percentage of the tax.</param>
/// <param name="Amount">Minor units in the partner's favour, so usually below zero.</param>
internal sealed record Charge(ChargeKind Kind, string? Label, long? Base, decimal Rate, long Amount);

internal static class Charges
{
    /// <summary>
    /// Fees, what is missing to the minimum, and tax on all that the coalition charges: points, fees and what was missing. What a partner is
    /// paid for points is no price of the coalition's, and not taxed here.
    /// </summary>
    public static IReadOnlyList<Charge> On(IReadOnlyList<StatementLine> lines, Commercial terms, Currency currency)
    {
        var transactions = lines.Where(l => l.BearsFee).Sum(l => l.Transactions);
        var (each, perCycle, minimum) = (terms.FeePerTransaction?.Minor ?? 0, terms.FeePerCycle?.Minor ?? 0, terms.MinimumPerCycle?.Minor ?? 0);
        var perTransaction = checked(transactions * each);
        var charged = checked(perTransaction + perCycle - lines.Where(l => l.Kind.Side() == Side.Owes).Sum(l => l.Amount));
        var missing = Math.Max(0, minimum - charged);
        var rate = terms.Vat?.Rate ?? 0;
        var tax = Money.Rounded((charged + missing) * rate / 100 / currency.MinorPerUnit, currency).Minor;
        Charge[] charges =
        [
            new(ChargeKind.FeePerTransaction, null, transactions, Units(each), -perTransaction),
            new(ChargeKind.FeePerCycle, null, null, Units(perCycle), -perCycle),
            new(ChargeKind.Minimum, null, charged, Units(minimum), -missing),
            new(ChargeKind.Tax, terms.Vat?.Label, charged + missing, rate, -tax),
        ];
        return [.. charges.Where(c => c.Amount != 0)];

        decimal Units(long minor) => new Money(minor, currency).Amount;
    }
}
