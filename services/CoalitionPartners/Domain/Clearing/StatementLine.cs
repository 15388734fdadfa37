using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Clearing;

/// <summary>What is added up in one line of a statement.</summary>
/// <param name="Origin">The cycle in which it took place. Where that is not the statement's own, it came late.</param>
/// <param name="Kind">What it is; reversals count in the line of what they reverse.</param>
internal sealed record LineKey(CycleId Origin, PostingKind Kind, int AgreementVersion, decimal Price)
{
    private static readonly Dictionary<PostingKind, string> Kinds = NamesOf<PostingKind>();
    private static readonly Dictionary<ChargeKind, string> Charges = NamesOf<ChargeKind>();

    /// <summary>The line's name within its statement: <c>2017-03.issue.v1.0.01</c>.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Origin}.{NameOf(Kind)}.v{AgreementVersion}.{Price.Normalised()}");

    public static string NameOf(PostingKind kind) => Kinds[kind];

    public static string NameOf(ChargeKind kind) => Charges[kind];

    public static PostingKind KindOf(string name) => Kinds.Single(n => n.Value == name).Key;

    private static Dictionary<T, string> NamesOf<T>() where T : struct, Enum => Enum.GetValues<T>().ToDictionary(k => k, k => JsonSerializer.SerializeToElement(k).GetString()!);
}

/// <summary>One line of a statement. Amounts are minor units in the partner's favour; below zero it pays.</summary>
/// <param name="Points">What is left after reversals.</param>
/// <param name="Transactions">How many purchases, redemptions and the like.</param>
/// <param name="Reversals">How many returns and reversals.</param>
/// <param name="Amount">Points times price, rounded once, halves to even.</param>
internal sealed record StatementLine(
    string Id, CycleId Origin, PostingKind Kind, int AgreementVersion, decimal Price, Points Points, long Transactions, long Reversals, long Amount)
{
    /// <summary>Whether fees per transaction are charged for it. What follows from a transaction elsewhere is none of the partner's own.</summary>
    [JsonIgnore]
    public bool BearsFee => Kind is PostingKind.Issue or PostingKind.PrepaidIssue or PostingKind.Acceptance;

    public static StatementLine Of(LineKey key, PriceLine sum, Currency currency)
    {
        var cost = Money.Rounded(sum.Points.Value * key.Price, currency).Minor;
        return new(key.Id, key.Origin, key.Kind, key.AgreementVersion, key.Price.Normalised(), sum.Points, sum.Transactions, sum.Reversals, key.Kind.Side() switch
        {
            Side.Owes => -cost,
            Side.Owed => cost,
            _ => 0,
        });
    }
}

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
/// <param name="Rate">Units of the currency for each transaction, or the rate of the tax.</param>
/// <param name="Amount">Minor units in the partner's favour, so usually below zero.</param>
internal sealed record Charge(ChargeKind Kind, string? Label, long? Base, decimal Rate, long Amount);

/// <summary>What an agreement says about charges, in units of its currency.</summary>
/// <param name="MinimumPerCycle">What charges before tax come to at least.</param>
internal sealed record ChargeTerms(decimal FeePerTransaction, decimal FeePerCycle, decimal MinimumPerCycle, decimal TaxRate, string? TaxLabel)
{
    /// <summary>
    /// Fees, what is missing to the minimum, and tax on all that the coalition charges: points issued, fees and that. What a partner is paid
    /// for points it accepted is no price of the coalition's, and not taxed here.
    /// </summary>
    public IReadOnlyList<Charge> On(IReadOnlyList<StatementLine> lines, Currency currency)
    {
        var transactions = lines.Where(l => l.BearsFee).Sum(l => l.Transactions);
        var perTransaction = Minor(transactions * FeePerTransaction, currency);
        var perCycle = Minor(FeePerCycle, currency);
        var charged = perTransaction + perCycle - lines.Where(l => l.Kind.Side() == Side.Owes).Sum(l => l.Amount);
        var missing = Math.Max(0, Minor(MinimumPerCycle, currency) - charged);
        var tax = Money.Rounded((charged + missing) * TaxRate / currency.MinorPerUnit, currency).Minor;
        Charge[] charges =
        [
            new(ChargeKind.FeePerTransaction, null, transactions, FeePerTransaction, -perTransaction),
            new(ChargeKind.FeePerCycle, null, null, FeePerCycle, -perCycle),
            new(ChargeKind.Minimum, null, charged, MinimumPerCycle, -missing),
            new(ChargeKind.Tax, TaxLabel, charged + missing, TaxRate, -tax),
        ];
        return [.. charges.Where(c => c.Amount != 0)];
    }

    private static long Minor(decimal amount, Currency currency) => Money.Rounded(amount, currency).Minor;
}
