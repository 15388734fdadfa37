using System.Globalization;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;

namespace Loyalty.PointsLedger.Tests.Domain.Modelled;

/// <summary>
/// What an account is in words, as straightforward code that changes in place: lots with numbers, holds on them, a debt. It shares no
/// mechanics with the account it is compared with. Only what offers grant it is told, because that has a check of its own.
/// </summary>
internal sealed partial class SimpleLedger(Programme programme, IReadOnlyList<string> cards)
{
    private readonly List<SimpleLot> lots = [];
    private readonly HashSet<string> blocked = [];
    private readonly Dictionary<(string Limit, string Window), (int Times, long Points)> counts = [];
    private Calendar calendar = new(programme.Rules.Zone);

    public Programme Programme { get; private set; } = programme;

    public bool Closed { get; private set; }

    public long Debt { get; private set; }

    public long Forgiven { get; private set; }

    public List<SimplePurchase> Purchases { get; } = [];

    public List<SimpleHold> Holds { get; } = [];

    public List<SimpleRedemption> Redemptions { get; } = [];

    /// <summary>The soft limits that the last posting went beyond.</summary>
    public List<string> Flagged { get; private set; } = [];

    private ProgrammeRules Rules => Programme.Rules;

    public long Balance(DateTimeOffset at) => lots.Where(l => l.Lives(at)).Sum(l => l.Free);

    public long Pending(DateTimeOffset at) => lots.Where(l => l.Waits && at < l.Starts).Sum(l => l.Free);

    public long Reserved => Holds.Where(h => h.Open).Sum(h => h.Held);

    public IEnumerable<(int Number, long Left, long Held, DateTimeOffset? Expires, bool Waits)> Lots =>
        lots.OrderBy(l => l.Number).Select(l => (l.Number, l.Left, l.Held, l.Expires, l.Waits));

    public void Publish(Programme next) => (Programme, calendar) = (next, new Calendar(next.Rules.Zone));

    public void Block(int card) => blocked.Add(cards[card]);

    public void Link(int card) => blocked.Remove(cards[card]);

    /// <summary>What is set aside comes free and pays what is owed; the rest is forfeited.</summary>
    public void Close(DateTimeOffset now)
    {
        if (Closed) return;
        foreach (var hold in Holds.Where(h => h.Open).ToList()) Free(hold, now);
        lots.Clear();
        Closed = true;
    }

    public string? Redeem(TransactionId id, PartnerId partner, int card, long points, DateTimeOffset now)
    {
        if (RefuseSpending(cards[card], points, now) is { } refused) return refused;
        var takes = Take(points, now);
        foreach (var take in takes) take.From.Left -= take.Points;
        Spent(id, partner, takes, now);
        return null;
    }

    public string? Reserve(TransactionId id, PartnerId partner, int card, long points, DateTimeOffset now)
    {
        if (RefuseSpending(cards[card], points, now) is { } refused) return refused;
        var takes = Take(points, now);
        foreach (var take in takes) take.From.Held += take.Points;
        Holds.Add(new() { Id = id, Partner = partner, Card = cards[card], Takes = takes, Until = now + Rules.ReservationTimeout });
        return null;
    }

    public string? Capture(TransactionId id, SimpleHold hold, long? points, DateTimeOffset now)
    {
        if (Closed) return "account-closed";
        if (!hold.Open) return "reservation-not-open";
        if (blocked.Contains(hold.Card)) return "card-blocked";
        var spent = points ?? hold.Held;
        if (spent > hold.Held) return "capture-exceeds-reservation";

        var (captured, rest) = Divide(hold.Takes, spent);
        foreach (var take in hold.Takes) take.From.Held -= take.Points;
        foreach (var take in captured) take.From.Left -= take.Points;
        hold.Open = false;
        Spent(id, hold.Partner, captured, now);
        Repay(rest, now);
        return null;
    }

    public string? Release(SimpleHold hold, DateTimeOffset now)
    {
        if (Closed) return "account-closed";
        if (!hold.Open) return "reservation-not-open";
        Free(hold, now);
        return null;
    }

    /// <summary>What was drained comes back as it was when it was taken.</summary>
    public string? Undo(SimpleRedemption redemption, DateTimeOffset now)
    {
        if (Closed) return "account-closed";
        if (redemption.Undone) return "redemption-reversed";
        redemption.Undone = true;
        foreach (var take in redemption.Takes)
        {
            if (!lots.Contains(take.From))
            {
                lots.Add(take.From);
                (take.From.Expires, take.From.Waits) = (take.Expires, false);
            }

            take.From.Left += take.Points;
        }

        Repay(redemption.Takes, now);
        return null;
    }

    private void Spent(TransactionId id, PartnerId partner, List<SimpleTake> takes, DateTimeOffset now)
    {
        Redemptions.Add(new() { Id = id, Partner = partner, Takes = takes });
        Sweep();
        Slide(now, now);
    }

    private void Free(SimpleHold hold, DateTimeOffset at)
    {
        hold.Open = false;
        foreach (var take in hold.Takes) take.From.Held -= take.Points;
        Repay(hold.Takes, at);
    }

    /// <summary>Points that come free pay what is owed, unless they have lapsed.</summary>
    private void Repay(IEnumerable<SimpleTake> freed, DateTimeOffset at)
    {
        foreach (var take in freed.Where(t => t.From.Lives(at)))
        {
            var paid = Math.Min(take.Points, Debt);
            (Debt, take.From.Left) = (Debt - paid, take.From.Left - paid);
        }

        Sweep();
    }

    private void Slide(DateTimeOffset activity, DateTimeOffset now)
    {
        foreach (var lot in lots.Where(l => l.SlidesBy > 0 && !(now >= l.Expires)))
        {
            var later = calendar.Expiry(new(ExpiryKind.Activity, lot.SlidesBy), activity);
            if (later > lot.Expires) lot.Expires = later;
        }
    }

    private string? RefuseSpending(string card, long points, DateTimeOffset now)
    {
        if (Closed) return "account-closed";
        if (blocked.Contains(card)) return "card-blocked";
        if (points > Balance(now)) return "insufficient-points";
        return Count(LimitedPosting.Redemption, card, points, now) ? null : "limit-reached";
    }

    /// <summary>The earliest expiry first, the older lot among equals.</summary>
    private List<SimpleTake> Take(long points, DateTimeOffset now)
    {
        var takes = new List<SimpleTake>();
        foreach (var lot in lots.Where(l => l.Lives(now) && l.Free > 0).OrderBy(l => l.Expires ?? DateTimeOffset.MaxValue).ThenBy(l => l.Number))
        {
            var part = Math.Min(lot.Free, points);
            if (part > 0) takes.Add(new(lot, lot.Expires, part));
            points -= part;
        }

        return takes;
    }

    private static (List<SimpleTake> Head, List<SimpleTake> Tail) Divide(List<SimpleTake> takes, long points)
    {
        var (first, rest) = (new List<SimpleTake>(), new List<SimpleTake>());
        foreach (var take in takes)
        {
            var part = Math.Min(take.Points, points);
            if (part > 0) first.Add(take with { Points = part });
            if (part < take.Points) rest.Add(take with { Points = take.Points - part });
            points -= part;
        }

        return (first, rest);
    }

    private void Sweep() => lots.RemoveAll(l => l.Left == 0);

    private bool Count(LimitedPosting kind, string card, long points, DateTimeOffset now)
    {
        Flagged = [];
        var counted = new List<(string, string)>();
        foreach (var limit in Rules.Limits.Where(l => l.Of == kind))
        {
            var window = limit.Window == LimitWindow.Day
                ? calendar.Local(now).ToString("d", CultureInfo.InvariantCulture)
                : now.UtcDateTime.ToString("g", CultureInfo.InvariantCulture)[..13];
            var key = (limit.Per == LimitedParty.Card ? limit.Id + card : limit.Id, window);
            var (times, used) = counts.GetValueOrDefault(key);
            if (times + 1 > limit.Count || used + points > limit.Points?.Value)
            {
                if (limit.Hard) return false;
                Flagged.Add(limit.Id);
            }

            counted.Add(key);
        }

        foreach (var key in counted) counts[key] = (counts.GetValueOrDefault(key).Times + 1, counts.GetValueOrDefault(key).Points + points);
        return true;
    }
}
