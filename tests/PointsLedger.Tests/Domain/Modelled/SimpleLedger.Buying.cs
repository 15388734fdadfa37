using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Shouldly;

namespace Loyalty.PointsLedger.Tests.Domain.Modelled;

/// <summary>Buying and bringing back.</summary>
internal sealed partial class SimpleLedger
{
    private readonly List<(PartnerId Partner, DateTimeOffset At, SimplePurchase Purchase)> remembered = [];
    private readonly List<(string Offer, int Month, SimplePurchase Purchase, long Points)> capped = [];
    private decimal owed;

    /// <param name="told">What was granted; null where it was refused.</param>
    public string? Buy(TransactionId id, PartnerId partner, int card, Buy order, decimal rate, PointsAccrued? told, DateTimeOffset made, DateTimeOffset now)
    {
        if (Closed) return "account-closed";
        if (!Count(LimitedPosting.Purchase, cards[card], told?.Earned().Value ?? 0, now)) return "limit-reached";
        if (told is null) return null;

        CheckOffers(told, partner, made);
        var purchase = Purchase(id, partner, order, rate, told, made);
        Purchases.Add(purchase);
        Remember(partner, made, purchase);
        Slide(made, now);
        var fresh = Fresh(told, purchase, made, now);
        lots.AddRange(fresh);
        if (Rules.Window is not null)
        {
            deeds.Add(new() { Month = purchase.Month, Purchase = purchase, Points = told.Earned().Value, Spend = order.Cents / 100m });
            Rise(purchase.Month);
        }

        Repay(fresh.Where(l => !l.Waits).Select(l => new SimpleTake(l, l.Expires, l.Left)).ToList(), now);
        return null;
    }

    public string? Return(SimplePurchase purchase, long cents, IReadOnlyList<(int Line, long Cents)>? lines, bool whole, DateTimeOffset now)
    {
        if (Closed) return "account-closed";
        if (purchase.Gone) return "purchase-reversed";
        if (cents > purchase.Kept) return "return-exceeds-purchase";
        if (lines is not null && RefuseLines(purchase, lines, cents) is { } refused) return refused;
        var policy = whole && Rules.Debt == DebtPolicy.Refuse ? DebtPolicy.Debt : Rules.Debt;

        var (kept, keptLines) = (purchase.Kept - cents, purchase.KeptLines.ToArray());
        foreach (var (line, part) in lines ?? Spread(purchase, cents)) keptLines[line] -= part;
        var parts = purchase.Awards.Select(award => Part(purchase, award, Due(purchase, award, purchase.Kept, purchase.KeptLines, gone: false) - Due(purchase, award, kept, keptLines, gone: kept == 0))).ToList();
        if (policy == DebtPolicy.Refuse && parts.Any(p => p.Spent > 0)) return "points-already-spent";

        foreach (var (lot, taken, lapsed, spent) in parts)
        {
            if (taken > 0) lots.Single(l => l.Number == lot).Left -= taken;
            if (lapsed > 0) purchase.Lapsed[lot] -= lapsed;
            if (policy == DebtPolicy.Cap) Forgiven += spent;
            else Debt += spent;
        }

        (purchase.Gone, purchase.Kept, purchase.KeptLines) = (kept == 0, kept, keptLines);
        Sweep();
        if (purchase.Gone)
        {
            remembered.RemoveAll(v => v.Purchase == purchase);
            capped.RemoveAll(c => c.Purchase == purchase);
        }

        if (deeds.Find(d => d.Purchase == purchase) is { } deed)
        {
            deed.Points -= parts.Sum(p => p.Taken + p.Lapsed + (policy == DebtPolicy.Cap ? 0 : p.Spent));
            deed.Spend -= cents / 100m;
            deed.Visit = !purchase.Gone;
            Sink(purchase.Month, now);
        }

        return null;
    }

    /// <summary>A return of no line in particular is one of each line, in proportion, the later lines taking what division leaves.</summary>
    private static List<(int Line, long Cents)> Spread(SimplePurchase purchase, long cents)
    {
        var (spread, left, of) = (new List<(int, long)>(), (decimal)cents, (decimal)purchase.Kept);
        for (var i = 0; i < purchase.KeptLines.Length && of > 0; i++)
        {
            var part = i == purchase.KeptLines.Length - 1 ? left : decimal.Floor(left * purchase.KeptLines[i] / of);
            spread.Add((i, (long)part));
            (left, of) = (left - part, of - purchase.KeptLines[i]);
        }

        return spread;
    }

    private static string? RefuseLines(SimplePurchase purchase, IReadOnlyList<(int Line, long Cents)> lines, long cents) =>
        lines.Any(l => l.Line < 0 || l.Line >= purchase.KeptLines.Length || lines.Count(other => other.Line == l.Line) > 1) ? "unknown-line" :
        lines.Any(l => l.Cents > purchase.KeptLines[l.Line]) ? "return-exceeds-purchase" :
        lines.Sum(l => l.Cents) != cents ? "lines-do-not-add-up" : null;

    /// <summary>How many points are due for what is kept: all for everything, none for nothing, and else in proportion.</summary>
    private static long Due(SimplePurchase purchase, SimpleAward award, long kept, long[] keptLines, bool gone)
    {
        var counting = award.Lines is { } lines ? lines.Sum(line => keptLines[line]) : kept;
        if (award.Offer is not null)
            return award.Cents == 0 ? (gone ? 0 : award.Points) : (long)decimal.Floor((decimal)award.Points * counting / award.Cents);
        if (counting == award.Cents) return award.Points;
        if (counting == 0) return 0;
        // Rounding may have added a point from before, or taken one in advance, and goes on to.
        var rounded = award.Points - decimal.Floor(purchase.Rate * award.Cents / 100);
        return (long)Math.Clamp(decimal.Floor(purchase.Rate * counting / 100) + rounded, 0, award.Points);
    }

    private (int Lot, long Taken, long Lapsed, long Spent) Part(SimplePurchase purchase, SimpleAward award, long points)
    {
        var taken = Math.Min(points, lots.Find(l => l.Number == award.Lot)?.Free ?? 0);
        var lapsed = Math.Min(points - taken, purchase.Lapsed.GetValueOrDefault(award.Lot));
        return (award.Lot, taken, lapsed, points - taken - lapsed);
    }

    private SimplePurchase Purchase(TransactionId id, PartnerId partner, Buy order, decimal rate, PointsAccrued told, DateTimeOffset made)
    {
        var all = new SimpleAward(told.Lot, null, told.Points.Value, told.Rated?.Amount.Minor ?? order.Cents, told.Rated?.Lines?.ToArray());
        var due = (rate * all.Cents / 100) + owed;
        all.Points.ShouldBe((long)Math.Max(0, Rules.Rounding == Rounding.Down ? decimal.Floor(due) : decimal.Round(due, MidpointRounding.ToEven)), "base points");
        owed += told.Fraction;
        var lines = order.Lines.Select(l => l.Cents).ToArray();
        return new()
        {
            Id = id,
            Partner = partner,
            Rate = rate,
            Cents = order.Cents,
            Kept = order.Cents,
            KeptLines = lines,
            Awards = [all, .. (told.Awards ?? []).Select(a => new SimpleAward(a.Lot, a.Offer, a.Points.Value, a.For.Amount.Minor, a.For.Lines?.ToArray()))],
            Month = calendar.Month(made),
        };
    }

    private List<SimpleLot> Fresh(PointsAccrued told, SimplePurchase purchase, DateTimeOffset made, DateTimeOffset now)
    {
        var fresh = new List<SimpleLot> { Lot(told.Lot, purchase.Partner, told.Points.Value, Rules.Activation, Rules.Expiry) };
        foreach (var award in told.Awards ?? [])
        {
            var offer = Programme.Offers.FirstOrDefault(o => o.Id == award.Offer);
            fresh.Add(Lot(award.Lot, award.Issuer, award.Points.Value, offer?.Activation ?? Rules.Activation, offer?.Expiry ?? Rules.Expiry));
        }

        return [.. fresh.Where(l => l.Left > 0)];

        SimpleLot Lot(int number, PartnerId issuer, long points, Activation activation, Expiry expiry)
        {
            var starts = Calendar.Activation(activation, made, now);
            return new()
            {
                Number = number, Issuer = issuer, Left = points, Starts = starts, Waits = starts is not null,
                Expires = calendar.Expiry(expiry, made), SlidesBy = expiry.Kind == ExpiryKind.Activity ? expiry.Months : 0, Purchase = purchase,
            };
        }
    }

    /// <summary>Whether the offers that hang on what the member did before were granted when they should, and those with a cap no oftener than they may.</summary>
    private void CheckOffers(PointsAccrued told, PartnerId partner, DateTimeOffset made)
    {
        var granted = (told.Awards ?? []).GroupBy(a => a.Offer).ToDictionary(g => g.Key, g => g.ToList());
        var before = remembered.Where(v => v.Partner == partner && v.At < made).Select(v => v.At).DefaultIfEmpty(DateTimeOffset.MinValue).Max();
        var times = Purchases.Count(p => p.Partner == partner && !p.Gone);
        Granted(Programme.Back, made - before <= TimeSpan.FromHours(96));
        Granted(Programme.Third, (times + 1) % 3 == 0);
        Granted(Programme.Welcome, times == 0);
        Granted($"tier:{Tier}", Multiplier > 1 && granted.ContainsKey($"tier:{Tier}"));
        if (granted.GetValueOrDefault(Programme.Shared) is { } shared)
            shared.Sum(a => a.Issuer == shared[0].Issuer ? a.Points.Value : -a.Points.Value).ShouldBeInRange(0, 1, "half each");

        void Granted(string offer, bool due)
        {
            if (Programme.Offers.Any(o => o.Id == offer) || offer.StartsWith("tier:", StringComparison.Ordinal)) granted.ContainsKey(offer).ShouldBe(due, offer);
        }
    }

    private void Remember(PartnerId partner, DateTimeOffset made, SimplePurchase purchase)
    {
        remembered.Add((partner, made, purchase));
        // Four purchases at a partner are remembered with their times.
        var here = remembered.Where(v => v.Partner == partner).OrderBy(v => v.At).ToList();
        if (here.Count > 4) remembered.Remove(here[0]);

        foreach (var offer in Programme.Offers.Where(o => o.Caps.Any(c => c.Per == CapWindow.Month)))
        {
            var points = purchase.Awards.Where(a => a.Offer == offer.Id).Sum(a => a.Points);
            if (points > 0) capped.Add((offer.Id, purchase.Month, purchase, points));
            var month = capped.Where(c => c.Offer == offer.Id && c.Month == purchase.Month).ToList();
            var cap = offer.Caps.First(c => c.Per == CapWindow.Month);
            (month.Count > cap.Times || month.Sum(c => c.Points) > cap.Points?.Value).ShouldBeFalse($"{offer.Id} beyond its cap");
        }
    }
}
