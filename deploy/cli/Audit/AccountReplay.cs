using System.Text.Json;

namespace Loyalty.Cli.Audit;

/// <summary>
/// One account, replayed fact by fact from the log, by code that shares nothing with the ledger's own. It takes every fact at its word
/// and goes on, so that one broken fact is told once and what follows from it is seen too.
/// </summary>
internal sealed partial class AccountReplay(Guid id, LedgerChecks checks)
{
    private readonly Dictionary<int, LotReplay> lots = [];
    private readonly Dictionary<int, LotReplay> live = [];
    private readonly Dictionary<string, bool> cards = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> posted = new(StringComparer.Ordinal);
    private readonly HashSet<int> touched = [];
    private bool closed;
    private long version;

    public Guid Id => id;

    /// <summary>The lots that still have points. An old account has drained many.</summary>
    public IReadOnlyDictionary<int, LotReplay> Live => live;

    /// <summary>The lots that the last fact has touched.</summary>
    public IEnumerable<LotReplay> Touched => touched.Select(n => lots[n]);

    public long Debt { get; private set; }

    public int LastLot { get; private set; }

    /// <summary>Takes the next fact. Throws where it can't be read.</summary>
    public void Take(long factVersion, FactForm form, JsonElement fact, IReadOnlyCollection<Entry> entries)
    {
        version = factVersion;
        touched.Clear();
        form.Happens(this, fact);
        foreach (var entry in entries.Where(e => e.Partner is null)) posted[entry.Kind] = posted.GetValueOrDefault(entry.Kind) + entry.Points;
        foreach (var lot in Touched)
        {
            if (lot.Remaining == 0) live.Remove(lot.Number);
            else live[lot.Number] = lot;
            checks.Lots.Holds(
                lot.Reserved >= 0 && lot.Reserved <= lot.Remaining && lot.Remaining <= lot.Accrued,
                () => Here($"lot {lot.Number} of {lot.Accrued} points has {lot.Remaining} left and {lot.Reserved} reserved"));
        }

        checks.Lots.Holds(Debt >= 0, () => Here($"a debt of {Debt}"));
    }

    /// <summary>All facts have been taken: the lots must say the same as the postings.</summary>
    public void End()
    {
        checks.Lots.Saw("accounts");
        checks.Lots.Saw("lots", lots.Count);
        Same("member", lots.Values.Sum(lot => lot.Free), "free");
        Same("reserved", lots.Values.Sum(lot => lot.Reserved), "reserved");
        Same("debt", -Debt, "owed");
        var held = reservations.Values.Sum(r => r.Draws.Sum(d => d.Points));
        checks.Lots.Holds(held == lots.Values.Sum(lot => lot.Reserved), () => $"Account {id}: open reservations hold {held} points, its lots have {lots.Values.Sum(lot => lot.Reserved)} reserved.");
    }

    public void Link(JsonElement fact) => cards[fact.Text("Number")] = true;

    public void Block(JsonElement fact) => cards[fact.Text("Number")] = false;

    public void Close() => closed = true;

    private void Same(string kind, long points, string what) => checks.Lots.Holds(
        posted.GetValueOrDefault(kind) == points, () => $"Account {id}: its lots have {points} points {what}, its postings come to {posted.GetValueOrDefault(kind)}.");

    private void MaySpend(JsonElement fact)
    {
        var card = fact.Text("Card");
        checks.Barred.Saw("spendings");
        checks.Barred.Holds(!closed, () => Here("points are spent from a closed account"));
        checks.Barred.Holds(cards.GetValueOrDefault(card, false), () => Here(cards.ContainsKey(card) ? $"points are spent with the blocked card {card}" : $"points are spent with {card}, which is no card of the account"));
    }

    private LotReplay Lot(DrawReplay draw)
    {
        if (lots.TryGetValue(draw.Lot, out var lot))
        {
            checks.Lots.Holds(lot.Issuer == draw.Issuer && lot.Purchase == draw.Purchase, () => Here($"points of lot {draw.Lot} under another issuer or purchase"));
        }
        else
        {
            checks.Lots.Breaks(Here($"points of lot {draw.Lot}, which there is not"));
            lot = lots[draw.Lot] = new(draw.Lot, draw.Issuer, draw.Purchase, 0) { Agreement = draw.Agreement, AccruedAt = draw.AccruedAt };
        }

        touched.Add(draw.Lot);
        return lot;
    }

    private void Move(IEnumerable<DrawReplay> draws, int remaining, int reserved)
    {
        foreach (var draw in draws)
        {
            var lot = Lot(draw);
            lot.Remaining += remaining * draw.Points;
            lot.Reserved += reserved * draw.Points;
        }
    }

    private string Here(string sentence) => $"Account {id}, version {version}: {sentence}.";

    private static (Guid Partner, string Id) Key(JsonElement transaction) => (transaction.Id("Partner"), transaction.Text("Id"));
}
