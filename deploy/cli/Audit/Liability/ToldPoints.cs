using System.Text.Json;

namespace Loyalty.Cli.Audit.Liability;

/// <summary>What a fact of the ledger does to the points of each issuer, and in which month (UTC) that counts.</summary>
internal readonly record struct ToldPoints(Cohort Cohort, string Origin, Moved Moved)
{
    private static readonly Dictionary<string, Func<JsonElement, IEnumerable<ToldPoints>>> Known = new(StringComparer.Ordinal)
    {
        ["points-accrued"] = Accrued,
        ["purchase-reversed"] = TakenBack,
        ["points-redeemed"] = fact => Drawn(fact, fact.Part("Transaction").Time("OccurredAt"), points => new(Redeemed: points)),
        ["redemption-reversed"] = fact => Drawn(fact, fact.Part("Transaction").Time("OccurredAt"), points => new(PutBack: points)),
        ["debt-repaid"] = fact => Drawn(fact, fact.Part("Transaction").Time("OccurredAt"), points => new(Repaid: points)),
        ["points-expired"] = fact => Drawn(fact, fact.Time("RecordedAt"), points => new(Expired: points)),
        ["points-adjusted"] = Adjusted,
    };

    public static string[] Types { get; } = [.. Known.Keys];

    /// <summary>Nothing for a fact that moves points of nobody, or only from account to account.</summary>
    public static IEnumerable<ToldPoints> Of(string type, JsonElement fact) => Known.TryGetValue(type, out var told) ? told(fact) : [];

    private static IEnumerable<ToldPoints> Accrued(JsonElement fact)
    {
        var (transaction, month) = (fact.Part("Transaction"), Cohort.MonthOf(fact.Part("Transaction").Time("OccurredAt")));
        yield return new(
            new(transaction.Id("Partner"), month, (int)fact.Part("Terms").Number("AgreementVersion")), month, new(Issued: fact.Number("Points"), Sales: fact.Part("Amount").Number("Minor")));
        foreach (var award in fact.Items("Awards"))
            yield return new(new(award.Id("Issuer"), month, (int)award.Number("AgreementVersion")), month, new(Issued: award.Number("Points")));
    }

    // What had been spent was redeemed, and is owed by the member; what had lapsed has not lapsed after all.
    private static IEnumerable<ToldPoints> TakenBack(JsonElement fact)
    {
        var transaction = fact.Part("Transaction");
        var (vintage, month) = (Cohort.VintageOf(fact.TimeOrNone("PurchasedAt")), Cohort.MonthOf(transaction.Time("OccurredAt")));
        yield return new(
            new(transaction.Id("Partner"), vintage, (int)fact.Number("AgreementVersion")), month, Back(fact) + new Moved(Sales: -fact.Part("Amount").Number("Minor")));
        foreach (var award in fact.Items("Awards"))
            yield return new(new(award.Id("Issuer"), vintage, (int)award.Number("AgreementVersion")), month, Back(award));
    }

    private static Moved Back(JsonElement part) => new(TakenBack: part.Number("Points") - part.Number("Debt"), Expired: -part.NumberOrZero("Lapsed"));

    private static IEnumerable<ToldPoints> Adjusted(JsonElement fact)
    {
        var (at, points) = (fact.Time("OccurredAt"), fact.Number("Points"));
        return fact.Has("Draws")
            ? Drawn(fact, at, taken => new(Adjusted: -taken))
            : [new(
                new(fact.Id("Issuer"), points > 0 ? Cohort.MonthOf(at) : Cohort.Unknown, (int)fact.Number("AgreementVersion")), Cohort.MonthOf(at),
                new(Adjusted: points + fact.NumberOrZero("Debt")))];
    }

    private static IEnumerable<ToldPoints> Drawn(JsonElement fact, DateTimeOffset at, Func<long, Moved> moved) => DrawReplay.Of(fact)
        .Select(draw => new ToldPoints(new(draw.Issuer, Cohort.VintageOf(draw.AccruedAt), draw.Agreement), Cohort.MonthOf(at), moved(draw.Points)));
}
