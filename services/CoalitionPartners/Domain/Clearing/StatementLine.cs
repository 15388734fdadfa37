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
