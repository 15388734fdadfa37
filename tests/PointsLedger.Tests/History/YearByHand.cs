namespace Loyalty.PointsLedger.Tests.History;

/// <summary>What a year came to for a household.</summary>
internal sealed record Year(
    long Base, long Doubled, long Dairy, long Fifth, long Gold, long TakenBack, long Redeemed, int Refused, long Expired, long Balance, string? Tier);

/// <summary>
/// The rules of the year, worked out in the plainest way and in nobody else's code, in the stores' local time. A point per dollar; as much
/// again within 96 hours of the last purchase at the partner; half a point per dollar of dairy; 25 points for every fifth purchase of groceries;
/// a quarter more for gold. Points lapse after two months, those of the fifth purchase at the end of the next month.
/// </summary>
internal sealed class YearByHand
{
    private readonly List<(DateTime Gone, int Number, long Left)> lots = [];
    private readonly List<(string Partner, DateTime At)> visits = [];
    private readonly long[] pointsOfMonth = new long[13];
    private decimal fraction;
    private string? tier;
    private int tierMonth = 1;
    private int purchases;
    private int lotNumber;
    private long sumBase, sumDoubled, sumDairy, sumFifth, sumGold, takenBack, redeemed, expired;
    private int refused;

    public static Year Of(IEnumerable<Doing> doings, DateTime end)
    {
        var year = new YearByHand();
        foreach (var doing in doings)
        {
            if (doing.IsCoupon) year.Coupon(doing.At);
            else year.Purchase(doing);
        }

        year.Wait(end);
        return new(
            year.sumBase, year.sumDoubled, year.sumDairy, year.sumFifth, year.sumGold, year.takenBack, year.redeemed, year.refused, year.expired,
            year.lots.Sum(l => l.Left), year.tier);
    }

    private void Purchase(Doing doing)
    {
        var at = doing.At;
        Wait(at);
        purchases++;
        var dollars = doing.Cents / 100m;
        var dairy = doing.Lines.Where(l => RunningAYear.Dairy.Contains(l.Category)).Sum(l => l.Cents);
        var back = visits.Any(v => v.Partner == doing.Partner && v.At < at && (at - v.At).TotalHours <= 96);
        var fifth = doing.Partner == "GROCERY" && (visits.Count(v => v.Partner == "GROCERY") + 1) % 5 == 0;

        var basePoints = Whole(dollars);
        var gold = tier == "gold" ? Whole(dollars * 0.25m) : 0;
        var doubled = back ? Whole(dollars) : 0;
        var forDairy = dairy > 0 || doing.Lines.Any(l => RunningAYear.Dairy.Contains(l.Category)) ? Whole(dairy / 100m * 0.5m) : 0;
        var forFifth = fifth ? Whole(25) : 0;
        sumBase += basePoints;
        sumGold += gold;
        sumDoubled += doubled;
        sumDairy += forDairy;
        sumFifth += forFifth;

        // What comes back within minutes: every 25th purchase wholly, the first line of every tenth.
        var returned = purchases % 25 == 0 ? doing.Cents : purchases % 10 == 0 && doing.Lines.Count > 1 ? doing.Lines[0].Cents : 0;
        var whole = purchases % 25 == 0 || (returned > 0 && returned == doing.Cents);
        var keptCents = doing.Cents - returned;
        var keptDairy = whole ? 0 : returned > 0 && RunningAYear.Dairy.Contains(doing.Lines[0].Category) ? dairy - returned : dairy;
        var keptBase = returned == 0 ? basePoints : keptCents == 0 ? 0 : Math.Clamp((keptCents / 100) + basePoints - (doing.Cents / 100), 0, basePoints);
        if (whole && doing.Cents == 0) keptBase = 0;

        var reached = pointsOfMonth.ToArray();
        reached[at.Month] += basePoints + gold + doubled + forDairy + forFifth;
        var risen = Higher(tier, TierFor(reached, at.Month));

        var (inTwoMonths, endOfNext) = (MonthsLater(at, 2), new DateTime(at.Year, at.Month, 1).AddMonths(2));
        Keep(inTwoMonths, keptBase, basePoints);
        Keep(inTwoMonths, Share(gold, keptCents, doing.Cents), gold);
        Keep(inTwoMonths, Share(doubled, keptCents, doing.Cents), doubled);
        Keep(inTwoMonths, Share(forDairy, keptDairy, dairy), forDairy);
        Keep(endOfNext, Share(forFifth, keptCents, doing.Cents), forFifth);
        if (!whole) visits.Add((doing.Partner, at));
        // What the three months before have earned holds until the month is over, whatever is returned in it.
        var left = Higher(TierFor(pointsOfMonth, at.Month), at.Month > 1 ? TierFor(pointsOfMonth, at.Month - 1) : null);
        tier = returned > 0 || whole ? Lower(risen, left) : risen;

        void Keep(DateTime gone, long kept, long granted)
        {
            if (whole) kept = 0;
            pointsOfMonth[at.Month] += kept;
            takenBack += granted - kept;
            if (kept > 0) lots.Add((gone, lotNumber++, kept));
        }
    }

    private void Coupon(DateTime at)
    {
        Wait(at);
        if (lots.Sum(l => l.Left) < 100)
        {
            refused++;
            return;
        }

        redeemed += 100;
        var need = 100L;
        foreach (var lot in lots.OrderBy(l => l.Gone).ThenBy(l => l.Number).ToList())
        {
            var taken = Math.Min(need, lot.Left);
            need -= taken;
            lots.Remove(lot);
            if (lot.Left > taken) lots.Add(lot with { Left = lot.Left - taken });
        }
    }

    /// <summary>Points lapse, and at the start of each month the tier is no higher than the three months before have earned.</summary>
    private void Wait(DateTime at)
    {
        for (; tierMonth < at.Month; tierMonth++) tier = Lower(tier, TierFor(pointsOfMonth, tierMonth));
        expired += lots.Where(l => l.Gone <= at).Sum(l => l.Left);
        lots.RemoveAll(l => l.Gone <= at);
    }

    private long Whole(decimal exact)
    {
        fraction += exact;
        var whole = (long)Math.Floor(fraction);
        fraction -= whole;
        return whole;
    }

    private static long Share(long points, long kept, long all) => all == 0 ? points : points * kept / all;

    private static string? TierFor(long[] points, int month)
    {
        var sum = points[month] + (month > 1 ? points[month - 1] : 0) + (month > 2 ? points[month - 2] : 0);
        return sum >= 200 ? "gold" : sum >= 100 ? "silver" : null;
    }

    private static string? Higher(string? a, string? b) => a == "gold" || b == "gold" ? "gold" : a ?? b;

    private static string? Lower(string? a, string? b) => a is null || b is null ? null : a == "silver" || b == "silver" ? "silver" : "gold";

    private static DateTime MonthsLater(DateTime from, int months)
    {
        var first = new DateTime(from.Year + ((from.Month - 1 + months) / 12), ((from.Month - 1 + months) % 12) + 1, 1);
        var days = new[] { 31, first.Year % 4 == 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }[first.Month - 1];
        return first.AddDays(Math.Min(from.Day, days) - 1) + from.TimeOfDay;
    }
}
