using System.Text.Json.Serialization;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain;

/// <summary>
/// What is agreed beyond the two prices: when points are paid for, what differs by store, what takes part costs, who keeps what lapses.
/// It is storage format, and a part of <see cref="AgreementMade"/>.
/// </summary>
/// <param name="StorePrices">Prices of some of the partner's stores, by group; where none says anything the general ones hold.</param>
/// <param name="FeePerTransaction">For each purchase and redemption, in the partner's currency.</param>
/// <param name="FeePerCycle">For each clearing cycle.</param>
/// <param name="MinimumPerCycle">What the partner pays for a clearing cycle at least.</param>
/// <param name="Breakage">Who keeps what was paid for points that lapse.</param>
internal sealed record Commercial(
    Funding Funding, IReadOnlyList<GroupPrice> StorePrices, Money? FeePerTransaction, Money? FeePerCycle, Money? MinimumPerCycle,
    BreakageKeeper Breakage, Vat? Vat)
{
    private const int MostGroups = 100;
    private const long MostFee = 1_000_000;

    /// <summary>What holds where nothing is said.</summary>
    public static readonly Commercial Usual = new(Funding.AtIssue, [], null, null, null, BreakageKeeper.Coalition, null);

    /// <summary>Why nobody could agree to it beside such terms, or null.</summary>
    /// <param name="stores">The codes of the partner's stores.</param>
    public Refusal? Refusal(Terms terms, Currency currency, IReadOnlySet<string> stores) =>
        Funding.Refusal() ?? RefuseGroups(terms, stores) ?? RefuseFees(currency) ?? Vat?.Refusal();

    /// <summary>The same in the one way it is stored; null where it says no more than the usual.</summary>
    public Commercial? Normalised()
    {
        var exact = this with { Funding = Funding.Normalised(), StorePrices = [.. StorePrices.Select(g => g.Normalised())], Vat = Vat?.Normalised() };
        return exact.Says(Usual) ? null : exact;
    }

    /// <summary>Whether both say the same, groups and stores in the same order.</summary>
    public bool Says(Commercial other) =>
        this with { StorePrices = other.StorePrices } == other
        && StorePrices.Count == other.StorePrices.Count && StorePrices.Zip(other.StorePrices).All(pair => pair.First.Says(pair.Second));

    /// <summary>The group that a store is in, or null.</summary>
    public GroupPrice? GroupOf(string? store) => store is null ? null : StorePrices.FirstOrDefault(g => g.Stores.Contains(store, StringComparer.Ordinal));

    private Refusal? RefuseGroups(Terms terms, IReadOnlySet<string> stores)
    {
        if (StorePrices.Count > MostGroups || StorePrices.Select(g => g.Group).Distinct(StringComparer.Ordinal).Count() < StorePrices.Count)
            return GroupPrice.NotAllowed($"There are at most {MostGroups} groups of stores, each named once.");
        var named = StorePrices.SelectMany(g => g.Stores).ToList();
        if (named.FirstOrDefault(store => !stores.Contains(store)) is { } foreign)
            return GroupPrice.NotAllowed($"This partner has no store '{foreign}'. Open it first, or leave it out.");
        if (named.CountBy(store => store, StringComparer.Ordinal).FirstOrDefault(c => c.Value > 1).Key is { } repeated)
            return GroupPrice.NotAllowed($"The store '{repeated}' stands in more than one place. A store is in one group.");

        // What falls due, or is given back, after the issue follows the general price, because a lot does not know its store.
        var later = Breakage == BreakageKeeper.Issuer ? terms.IssuePrice : terms.IssuePrice * (1 - (Funding.ShareAtIssue ?? 1));
        return StorePrices.Select(g => g.Refusal(later)).FirstOrDefault(refusal => refusal is not null);
    }

    private Refusal? RefuseFees(Currency currency)
    {
        Money?[] fees = [FeePerTransaction, FeePerCycle, MinimumPerCycle];
        return fees.OfType<Money>().All(fee => fee.Currency == currency && fee.Minor >= 0 && fee.Amount <= MostFee)
            ? null
            : new("fee-not-allowed", $"A fee or minimum is between 0 and {MostFee:N0} units of the partner's currency.");
    }
}

/// <summary>Who keeps what was paid for points that lapse.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BreakageKeeper>))]
internal enum BreakageKeeper
{
    [JsonStringEnumMemberName("coalition")]
    Coalition,

    [JsonStringEnumMemberName("issuer")]
    Issuer,
}

/// <summary>Value added tax on what the coalition charges: points and fees.</summary>
/// <param name="Rate">In percent of the net.</param>
/// <param name="Label">What a statement calls it: <c>VAT 20%</c>.</param>
internal sealed record Vat(decimal Rate, string Label)
{
    public Vat Normalised() => this with { Rate = Rate.Normalised() };

    public Refusal? Refusal() => Rate is >= 0 and <= 100 && Normalised().Rate.Scale <= 3
        ? null
        : new("vat-not-allowed", "A rate of value added tax is between 0 and 100 percent, with at most three decimals.");
}

/// <summary>What points cost at some of the partner's stores.</summary>
/// <param name="IssuePrice">Instead of the general one; null where that holds here too.</param>
/// <param name="RedeemPrice">Instead of the general one; null where that holds here too.</param>
internal sealed record GroupPrice(string Group, IReadOnlyList<string> Stores, decimal? IssuePrice, decimal? RedeemPrice)
{
    public static Refusal NotAllowed(string detail) => new("store-price-not-allowed", detail);

    public GroupPrice Normalised() => this with { IssuePrice = IssuePrice?.Normalised(), RedeemPrice = RedeemPrice?.Normalised() };

    public bool Says(GroupPrice other) => this with { Stores = other.Stores } == other && Stores.SequenceEqual(other.Stores, StringComparer.Ordinal);

    /// <param name="later">What of the general issue price falls due, or is given back, after the issue.</param>
    public Refusal? Refusal(decimal later)
    {
        if (Stores.Count == 0 || (IssuePrice is null && RedeemPrice is null))
            return NotAllowed($"The group '{Group}' needs a store and a price.");
        if (IssuePrice < later)
            return NotAllowed($"The issue price of the group '{Group}' is below {later.Normalised()}, which by these terms falls due, or is given back, after the issue.");
        return Terms.NotAPrice(IssuePrice ?? 0, $"issuePrice of the group '{Group}'") ?? Terms.NotAPrice(RedeemPrice ?? 0, $"redeemPrice of the group '{Group}'");
    }
}
