using System.Globalization;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>What is counted together for all accounts, and in which period.</summary>
internal readonly record struct CounterKey(string Key, string Period)
{
    /// <summary>Of what all members together have had of an offer with a budget.</summary>
    public static CounterKey OfBudget(string offer) => new("offer:" + offer, "budget");

    /// <summary>Of what an issuer that pays beforehand has issued, net of returns.</summary>
    public static CounterKey OfPrepaid(PartnerId issuer) => new("prepaid:" + issuer, "blocks");

    /// <summary>Of a limit that postings of many accounts share.</summary>
    public static CounterKey Of(LimitCount limit) => new("limit:" + limit.Limit, limit.Window);

    /// <summary>Of what an operator has proposed on a day, in UTC.</summary>
    public static CounterKey OfProposals(string maker, DateTimeOffset at) =>
        new("adjustments:" + maker, at.UtcDateTime.ToString("'day' yyyy-MM-dd", CultureInfo.InvariantCulture));
}

/// <summary>What a counter has come to.</summary>
internal sealed record Tally(long Count, long Points)
{
    public static readonly Tally Nothing = new(0, 0);
}

/// <summary>Something to be counted.</summary>
/// <param name="Count">How many; below zero to give back.</param>
/// <param name="Points">How many points; below zero to give back.</param>
/// <param name="MostCount">What was decided holds only while no more than this has been counted before; null for whatever there is.</param>
/// <param name="MostPoints">The same of points.</param>
internal sealed record CounterChange(CounterKey Key, long Count, long Points, long? MostCount, long? MostPoints)
{
    /// <summary>Both at once: a later change has this one before it.</summary>
    public CounterChange And(CounterChange later) => this with
    {
        Count = Count + later.Count,
        Points = Points + later.Points,
        MostCount = Least(MostCount, later.MostCount - Count),
        MostPoints = Least(MostPoints, later.MostPoints - Points),
    };

    private static long? Least(long? a, long? b) => a is { } x && b is { } y ? Math.Min(x, y) : a ?? b;
}

/// <summary>
/// Counters as a batch of decisions sees them: as they were read, and what the decisions before have added. Whoever commits the changes
/// makes sure that they still hold, so it does no harm when somebody else has counted meanwhile.
/// </summary>
internal sealed class SharedCounts(IReadOnlyDictionary<CounterKey, Tally> read)
{
    public static readonly SharedCounts None = new(new Dictionary<CounterKey, Tally>());

    private readonly Dictionary<CounterKey, CounterChange> changes = [];

    public IReadOnlyCollection<CounterChange> Changes => changes.Values;

    public Tally this[CounterKey key]
    {
        get
        {
            var before = read.GetValueOrDefault(key, Tally.Nothing);
            return changes.TryGetValue(key, out var change) ? new(before.Count + change.Count, before.Points + change.Points) : before;
        }
    }

    public void Add(CounterChange change) => changes[change.Key] = changes.TryGetValue(change.Key, out var earlier) ? earlier.And(change) : change;
}

/// <summary>What postings add to the counters of all accounts together.</summary>
internal static class Counting
{
    /// <summary>The counters that a posting may have to look at.</summary>
    /// <param name="kind">Null for postings that no limit is about.</param>
    public static IEnumerable<CounterKey> Keys(this Rules rules, LimitedPosting? kind, Place place, DateTimeOffset now)
    {
        foreach (var limit in rules.Programme.Limits)
        {
            if (limit.Of == kind && limit.IsShared() && limit.KeyOf(place) is { } key)
                yield return CounterKey.Of(new(key, limit.WindowAt(now, rules.Programme.Zone)));
        }

        if (kind != LimitedPosting.Purchase) yield break;
        foreach (var offer in rules.Offers)
        {
            if (offer.Budget is not null) yield return CounterKey.OfBudget(offer.Id);
        }

        foreach (var prepaid in rules.Prepaid) yield return CounterKey.OfPrepaid(prepaid.Issuer);
    }

    /// <summary>What facts count, and until when they hold.</summary>
    /// <param name="rules">By which they were decided; null of a posting that no rule is about.</param>
    public static IEnumerable<CounterChange> Counts(IReadOnlyList<IAccountFact> facts, Rules? rules) => facts.SelectMany(fact => fact switch
    {
        PointsAccrued e => Of(e.Limits ?? [], e.Earned(), rules).Concat(Budgets(e, rules)).Concat((rules?.Prepaid ?? []).Drawn(e)),
        PointsReserved e => Of(e.Limits ?? [], e.Points, rules),
        PointsRedeemed e => Of(e.Limits ?? [], e.Points, rules),
        PurchaseReversed e => (e.Awards ?? []).Where(a => a.Budgeted)
            .Select(a => new CounterChange(CounterKey.OfBudget(a.Offer), 0, -a.Points.Value, MostCount: null, MostPoints: null)).Concat(Prepaying.GivenBack(e)),
        _ => [],
    });

    private static IEnumerable<CounterChange> Of(IEnumerable<LimitCount> counted, Points points, Rules? rules)
    {
        foreach (var count in counted.Where(c => c.Shared))
        {
            var limit = rules!.Programme.Limits.First(l => l.Id == count.Id);
            // What was flagged stays so: counters of limits only go up.
            yield return count.Beyond
                ? new(CounterKey.Of(count), 1, points.Value, MostCount: null, MostPoints: null)
                : new(CounterKey.Of(count), 1, points.Value, limit.Count - 1, limit.Points is { } most ? (most - points).Value : null);
        }
    }

    private static IEnumerable<CounterChange> Budgets(PointsAccrued e, Rules? rules)
    {
        foreach (var offer in (e.Awards ?? []).Where(a => a.Budgeted).GroupBy(a => a.Offer))
        {
            var (granted, budget) = (offer.Sum(a => a.Points), rules!.Offers.First(o => o.Id == offer.Key).Budget!.Value);
            yield return new(CounterKey.OfBudget(offer.Key), 1, granted.Value, MostCount: null, (budget - granted).Value);
        }
    }
}
