using System.Text.Json;

namespace Loyalty.Cli.Audit.Clearing;

/// <summary>What an agreement says of fees and tax. Fees are minor units of its currency.</summary>
/// <param name="From">From when it holds.</param>
internal sealed record AgreedCharges(
    int Version, string Currency, DateTimeOffset From, long PerTransaction, long PerCycle, long Minimum, decimal TaxRate, string? TaxLabel)
{
    public static AgreedCharges Of(JsonElement agreement)
    {
        var commercial = agreement.Has("Commercial") ? agreement.Part("Commercial") : default;
        var tax = commercial.ValueKind == JsonValueKind.Object && commercial.Has("Vat") ? commercial.Part("Vat") : default;
        return new(
            (int)agreement.Number("Version"), agreement.Text("Currency"), agreement.Time("EffectiveFrom"), Fee("FeePerTransaction"), Fee("FeePerCycle"), Fee("MinimumPerCycle"),
            tax.ValueKind == JsonValueKind.Object ? tax.Exact("Rate") : 0, tax.ValueKind == JsonValueKind.Object ? tax.Text("Label") : null);

        long Fee(string member) => commercial.ValueKind == JsonValueKind.Object && commercial.Has(member) ? commercial.Part(member).Number("Minor") : 0;
    }

    /// <summary>What is charged beside postings, and tax on everything that is charged.</summary>
    /// <param name="transactions">Purchases and redemptions.</param>
    /// <param name="points">What the points cost that the partner owes for, in minor units.</param>
    public IEnumerable<StatementItem> On(long transactions, long points)
    {
        var fees = checked(transactions * PerTransaction);
        var charged = checked(points + fees + PerCycle);
        var missing = Math.Max(0, Minimum - charged);
        var tax = (long)decimal.Round((charged + missing) * TaxRate / 100, 0, MidpointRounding.ToEven);
        StatementItem[] all =
        [
            StatementItem.Charge("fee-per-transaction", null, transactions, Units(PerTransaction), -fees), StatementItem.Charge("fee-per-cycle", null, null, Units(PerCycle), -PerCycle),
            StatementItem.Charge("minimum", null, charged, Units(Minimum), -missing), StatementItem.Charge("tax", TaxLabel, charged + missing, TaxRate, -tax),
        ];
        return all.Where(c => c.Amount != 0);
    }

    private decimal Units(long minor) => (decimal)minor / Currencies.MinorPerUnit(Currency);
}
