using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain;

/// <summary>
/// An account looked back at: what had happened by one instant, as far as the ledger knew it at another. What is known is always the
/// beginning of the account's stream and is folded like any state. What is known but had not happened yet is then taken off again, each
/// fact by exactly what it did to lots and debt; so facts that refer to each other may lie on different sides of the instant.
/// </summary>
/// <param name="Known">The account as the ledger knew it.</param>
/// <param name="EffectiveAt">What happened later is left out; null for nothing.</param>
/// <param name="KnownAt">What was recorded later is left out; null for nothing.</param>
internal sealed record Hindsight(Account Known, DateTimeOffset? EffectiveAt, DateTimeOffset? KnownAt)
{
    private ImmutableSortedDictionary<int, Lot> LotsNotYet { get; init; } = ImmutableSortedDictionary<int, Lot>.Empty;

    private Points DebtNotYet { get; init; }

    private TierStanding? Tier { get; init; }

    /// <summary>Whether a fact was recorded in time. With the first that was not, all that is known has been seen.</summary>
    public bool Knows(IAccountFact fact) => !(fact.Times().RecordedAt > KnownAt);

    public Hindsight When(IAccountFact fact)
    {
        var after = Known.When(fact);
        if (!(fact.Times().OccurredAt > EffectiveAt)) return this with { Known = after, Tier = after.Tier == Known.Tier ? Tier : after.Tier };
        return this with
        {
            Known = after,
            LotsNotYet = Changes(Known.Lots, after.Lots).Aggregate(LotsNotYet, (lots, change) => lots.SetItem(
                change.From.Lot, lots.TryGetValue(change.From.Lot, out var earlier) ? Sum(earlier, change) : change)),
            DebtNotYet = DebtNotYet + after.Debt - Known.Debt,
        };
    }

    /// <summary>
    /// The account with its lots, its debt and its tier as they were. A lot, and so the balance, may stand below zero: where points were spent, by
    /// the clocks of tills, before the purchase that earned them.
    /// </summary>
    public Account Then()
    {
        var lots = Known.Lots.ToDictionary(lot => lot.From.Lot);
        foreach (var (number, change) in LotsNotYet)
            lots[number] = Sum(lots.GetValueOrDefault(number) ?? Drained(change), Opposite(change));
        return Known with
        {
            Lots = [.. lots.Values.Where(lot => lot.Remaining != Points.Zero || lot.Reserved != Points.Zero).OrderBy(lot => lot.From.Lot).Select(Unactivated)],
            Debt = Known.Debt - DebtNotYet,
            Tier = Tier,
        };
    }

    private static IEnumerable<Lot> Changes(ImmutableArray<Lot> before, ImmutableArray<Lot> after)
    {
        var earlier = before.ToDictionary(lot => lot.From.Lot);
        foreach (var lot in after)
        {
            if (!earlier.Remove(lot.From.Lot, out var was)) yield return lot;
            else if (was != lot) yield return Sum(lot, Opposite(was));
        }

        foreach (var gone in earlier.Values) yield return Opposite(gone);
    }

    private static Lot Sum(Lot a, Lot b) => a with { Remaining = a.Remaining + b.Remaining, Reserved = a.Reserved + b.Reserved };

    private static Lot Opposite(Lot lot) => lot with { Remaining = -lot.Remaining, Reserved = -lot.Reserved };

    // That an activation has been written down says nothing of the time before it.
    private static Lot Unactivated(Lot lot) => lot with { Pending = lot.From.ActivatesAt is not null };

    private static Lot Drained(Lot lot) => lot with { Remaining = Points.Zero, Reserved = Points.Zero };
}
