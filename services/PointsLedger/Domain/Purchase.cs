using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain;

/// <summary>
/// What is left of one purchase: folded from that purchase's own facts when a return asks, never kept in the account. However the returns
/// were cut, the points kept are what was granted for the part kept: base points what the agreement gives for it, awards in proportion.
/// </summary>
internal sealed record Purchase(PointsAccrued Fact, Money Kept, ImmutableArray<Money> KeptLines, ImmutableDictionary<int, Points> Lapsed, bool Reversed)
{
    public TransactionId Id => Fact.Transaction.Id;

    public Terms Terms => Fact.Terms;

    /// <summary>The numbers its lots have now, by those they began with, where they have gone to another account; null while they are where they began.</summary>
    public ImmutableDictionary<int, int>? Moved { get; private init; }

    /// <summary>The number that a lot has now; 0 when it is in no account where the purchase can be returned.</summary>
    public int NowOf(int lot) => Moved is null ? lot : Moved.GetValueOrDefault(lot);

    public int Lot => Fact.Lot;

    /// <summary>The base points of what is kept.</summary>
    public Points Points => BasePoints(Kept, KeptLines);

    /// <param name="facts">The purchase's accrual first, then its returns, whatever of its points has expired, and its moves with its account into others.</param>
    public static Purchase From(IReadOnlyList<object> facts) => facts.Skip(1).Aggregate(Of((PointsAccrued)facts[0]), (purchase, fact) => purchase.When(fact));

    /// <summary>How many base points go back when this much of the purchase is returned.</summary>
    public Points PointsFor(Money returned) => Points - BasePoints(Kept - returned, KeptLines);

    /// <summary>
    /// The lines that come back; null where the receipt has none. A return that names none is spread over what is kept, in proportion, so
    /// that every point of an award for certain lines has its line.
    /// </summary>
    public ImmutableArray<ReturnedLine>? Spread(Money amount)
    {
        if (KeptLines.IsEmpty) return null;
        var (left, of) = (amount.Minor, Kept.Minor);
        var lines = ImmutableArray.CreateBuilder<ReturnedLine>();
        for (var i = 0; i < KeptLines.Length && of > 0; i++)
        {
            // Each line takes its share of what is left for it and those behind it, so the last one takes the rest exactly.
            var part = (long)((Int128)left * KeptLines[i].Minor / of);
            if (i == KeptLines.Length - 1) part = left;
            (left, of) = (left - part, of - KeptLines[i].Minor);
            if (part > 0) lines.Add(new(i, new(part, amount.Currency)));
        }

        return lines.ToImmutable();
    }

    /// <summary>What each lot of the purchase, the base lot first, gives back for a return.</summary>
    public IEnumerable<(Award? Award, int Lot, Points Points)> TakeBack(Money amount, ImmutableArray<ReturnedLine>? lines)
    {
        var (kept, keptLines) = (Kept - amount, Less(lines));
        yield return (null, Lot, Points - BasePoints(kept, keptLines));
        foreach (var award in Fact.Awards ?? [])
            yield return (award, award.Lot, AwardPoints(award, Kept, KeptLines, Reversed) - AwardPoints(award, kept, keptLines, reversed: kept.Minor == 0));
    }

    private static Purchase Of(PointsAccrued e) => new(
        e, e.Amount, [.. (e.Receipt?.Lines ?? []).Select(l => l.Amount)], ImmutableDictionary<int, Points>.Empty, Reversed: false);

    private Purchase When(object fact) => fact switch
    {
        PurchaseReversed e => this with
        {
            Kept = Kept - e.Amount,
            KeptLines = Less(e.Lines),
            Reversed = Kept == e.Amount,
            // A return names every award, in their order, by the numbers their lots had by then.
            Lapsed = (e.Awards ?? []).Zip(Fact.Awards ?? []).Aggregate(
                Lapse(Lapsed, Lot, -e.Lapsed), (lapsed, award) => Lapse(lapsed, award.Second.Lot, -award.First.Lapsed)),
        },
        PointsExpired e => this with
        {
            Lapsed = OwnLots.Aggregate(Lapsed, (lapsed, lot) => Lapse(lapsed, lot, e.Draws.Where(d => d.From.Lot == NowOf(lot)).Sum(d => d.Points))),
        },
        PointsReceived e => this with { Moved = OwnLots.ToImmutableDictionary(lot => lot, lot => e.Lots.FirstOrDefault(l => l.Was == NowOf(lot))?.As.Lot ?? 0) },
        _ => throw new InvalidOperationException($"A purchase does not know the fact {fact.GetType().Name}."),
    };

    private IEnumerable<int> OwnLots => (Fact.Awards ?? []).Select(a => a.Lot).Prepend(Lot);

    private static ImmutableDictionary<int, Points> Lapse(ImmutableDictionary<int, Points> lapsed, int lot, Points points) =>
        points == Points.Zero ? lapsed : lapsed.SetItem(lot, lapsed.GetValueOrDefault(lot) + points);

    private ImmutableArray<Money> Less(ImmutableArray<ReturnedLine>? lines) =>
        (lines ?? []).Aggregate(KeptLines, (kept, line) => kept.SetItem(line.Line, kept[line.Line] - line.Amount));

    // A fraction carried from earlier purchases may have made a point more, or one less, than the terms alone give.
    private Points BasePoints(Money kept, ImmutableArray<Money> keptLines)
    {
        var rated = Fact.Rated ?? new(Fact.Amount, Lines: null);
        var counted = Of(rated, kept, keptLines);
        if (counted == rated.Amount) return Fact.Points;
        if (counted.Minor == 0) return Points.Zero;
        var carried = Fact.Points - Terms.Rate(rated.Amount)!.Value;
        return Points.Max(Points.Zero, Points.Min(Fact.Points, Terms.Rate(counted)!.Value + carried));
    }

    // What was given for nothing, as on a purchase that vouchers paid, goes back with the whole purchase.
    private static Points AwardPoints(Award award, Money kept, ImmutableArray<Money> keptLines, bool reversed)
    {
        var counted = Of(award.For, kept, keptLines);
        if (award.For.Amount.Minor == 0) return reversed ? Points.Zero : award.Points;
        return new((long)((Int128)award.Points.Value * counted.Minor / award.For.Amount.Minor));
    }

    private static Money Of(Counted counted, Money kept, ImmutableArray<Money> keptLines) =>
        counted.Lines is { } lines ? lines.Aggregate(Money.Zero(kept.Currency), (sum, line) => sum + keptLines[line]) : kept;
}
