using Loyalty.PointsLedger.Domain.Offers;

namespace Loyalty.PointsLedger.Tests.Domain.Modelled;

/// <summary>What time alone does, one thing after another; and tiers.</summary>
internal sealed partial class SimpleLedger
{
    private readonly List<SimpleDeed> deeds = [];
    private DateTimeOffset? tierCheck;
    private (string? To, string Reason, DateTimeOffset At)? told;

    public string? Tier { get; private set; }

    public DateTimeOffset? TierCheck => told?.At ?? tierCheck;

    private decimal Multiplier => Rules.Tiers.FirstOrDefault(t => t.Id == Tier)?.Multiplier ?? 1;

    public DateTimeOffset? Next => Closed ? null : Instants().Min();

    public void Wait(DateTimeOffset now)
    {
        while (Next is { } at && at <= now)
        {
            foreach (var hold in Holds.Where(h => h.Open && h.Until == at)) Free(hold, at);
            var starting = lots.Where(l => l.Waits && l.Starts == at).ToList();
            foreach (var lot in starting) lot.Waits = false;
            Repay(starting.ConvertAll(l => new SimpleTake(l, l.Expires, l.Free)), at);
            foreach (var lot in lots.Where(l => at >= l.Expires && l.Free > 0))
            {
                lot.Purchase!.Lapsed[lot.Number] = lot.Purchase.Lapsed.GetValueOrDefault(lot.Number) + lot.Free;
                lot.Left = lot.Held;
            }

            Sweep();
            if (TierCheck == at) CheckTier(at);
        }
    }

    private IEnumerable<DateTimeOffset?> Instants() =>
    [
        TierCheck,
        .. Holds.Where(h => h.Open).Select(h => (DateTimeOffset?)h.Until),
        .. lots.Where(l => l.Waits).Select(l => l.Starts),
        .. lots.Where(l => l.Free > 0).Select(l => l.Expires),
    ];

    private void Rise(int month)
    {
        var reached = Reached(month);
        if (reached is null || Rank(reached) < Rank(Tier) || (Rank(reached) == Rank(Tier) && told is null)) return;
        (Tier, tierCheck, told) = (reached, CheckAfter(reached, month), null);
    }

    private void Sink(int month, DateTimeOffset now)
    {
        if (Rank(Tier) == 0 || told is not null || Rules.Window is not { } window) return;
        var running = Math.Max(calendar.Month(now), month);
        var reached = Higher(Reached(running), Reached(window.Kind == TierWindowKind.Calendar ? (running / 12 * 12) - 1 : running - 1));
        if (Rank(reached) < Rank(Tier)) (told, tierCheck) = ((reached, "returned", now.AddDays(window.NoticeDays)), null);
        else if (CheckAfter(Tier!, running) is var check && check < tierCheck) tierCheck = check;
    }

    private void CheckTier(DateTimeOffset at)
    {
        if (Rank(Tier) == 0)
        {
            (Tier, tierCheck, told) = (null, null, null);
            return;
        }

        var month = calendar.Month(at);
        var reached = told is { } notice ? Higher(notice.To, Reached(month)) : Reached(month - 1);
        if (Rank(reached) < Rank(Tier) && told is null && Rules.Window!.NoticeDays > 0)
            (told, tierCheck) = ((reached, "window-ended", at.AddDays(Rules.Window.NoticeDays)), null);
        else if (Rank(reached) < Rank(Tier))
            (Tier, tierCheck, told) = (reached, reached is null ? null : CheckAfter(reached, month), null);
        else
            (tierCheck, told) = (CheckAfter(Tier!, month), null);
    }

    /// <summary>The highest tier all of whose thresholds the months of the window reach.</summary>
    private string? Reached(int month)
    {
        var first = Rules.Window!.Kind == TierWindowKind.Calendar ? month / 12 * 12 : month - Rules.Window.Months + 1;
        var counting = deeds.Where(d => d.Month >= first && d.Month <= month).ToList();
        return Rules.Tiers.LastOrDefault(t =>
            (t.Points is null || counting.Sum(d => d.Points) >= t.Points.Value.Value) &&
            (t.Spend is null || counting.Sum(d => d.Spend) >= t.Spend) &&
            (t.Visits is null || counting.Count(d => d.Visit) >= t.Visits) &&
            (t.Partners is null || counting.Where(d => d.Visit).Select(d => d.Purchase.Partner).Distinct().Count() >= t.Partners))?.Id;
    }

    /// <summary>
    /// A calendar tier holds until the end of the year after the one that reached it; a rolling one to the end of the first month whose
    /// window no longer reaches it.
    /// </summary>
    private DateTimeOffset CheckAfter(string tier, int month)
    {
        if (Rules.Window!.Kind == TierWindowKind.Calendar) return calendar.StartOf(((month / 12) + (Rank(Reached(month)) >= Rank(tier) ? 2 : 1)) * 12);
        var failing = Enumerable.Range(month, Rules.Window.Months + 1).FirstOrDefault(m => Rank(Reached(m)) < Rank(tier), month + Rules.Window.Months + 1);
        return calendar.StartOf(failing + 1);
    }

    private string? Higher(string? a, string? b) => Rank(a) >= Rank(b) ? a : b;

    private int Rank(string? tier) => Rules.Tiers.Select(t => t.Id).ToList().IndexOf(tier!) + 1;
}
