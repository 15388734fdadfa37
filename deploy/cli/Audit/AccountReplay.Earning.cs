using System.Text.Json;

namespace Loyalty.Cli.Audit;

/// <summary>Points that come in, and go back with what was bought.</summary>
internal sealed partial class AccountReplay
{
    private readonly Dictionary<(Guid Partner, string Id), PurchaseReplay> purchases = [];

    public void Accrue(JsonElement fact)
    {
        var transaction = fact.Part("Transaction");
        Slide(fact);
        var bought = new PurchaseReplay(
            fact.Part("Amount").Text("Currency"), fact.Part("Amount").Number("Minor"),
            fact.Has("Receipt") ? [.. fact.Part("Receipt").Items("Lines").Select(line => line.Part("Amount").Number("Minor"))] : []);
        if (!purchases.TryAdd(Key(transaction), bought)) checks.Once.Breaks(Here($"the purchase {transaction.Text("Id")} takes effect a second time"));
        var (id, at) = (transaction.Text("Id"), transaction.Time("OccurredAt"));
        Add(LotReplay.Of(fact, transaction.Id("Partner"), id, fact.Part("Terms").Number("AgreementVersion"), at));
        foreach (var award in fact.Items("Awards")) Add(LotReplay.Of(award, award.Id("Issuer"), id, award.Number("AgreementVersion"), at));
        checks.Returns.Saw("purchases");
    }

    public void TakeBack(JsonElement fact)
    {
        var transaction = fact.Part("Transaction");
        checks.Returns.Saw("returns");
        var (key, amount) = ((transaction.Id("Partner"), fact.Text("Purchase")), fact.Part("Amount"));
        if (purchases.TryGetValue(key, out var purchase))
        {
            purchase.Left -= amount.Number("Minor");
            checks.Returns.Holds(
                purchase.Left >= 0 && purchase.Currency == amount.Text("Currency"),
                () => Here($"{amount.Number("Minor")} {amount.Text("Currency")} come back of purchase {key.Item2}, {-purchase.Left} more than were left"));
            foreach (var line in fact.Items("Lines")) TakeBack(purchase, line);
        }
        else
        {
            checks.Moved.Return(key.Item1, key.Item2);
        }

        TakeBackPoints(fact);
        foreach (var award in fact.Items("Awards")) TakeBackPoints(award);
    }

    public void Repay(JsonElement fact)
    {
        Debt -= fact.Number("Points");
        Move(DrawReplay.Of(fact), remaining: -1, reserved: 0);
    }

    private void Add(LotReplay lot)
    {
        checks.Lots.Holds(lot.Number > LastLot && lots.TryAdd(lot.Number, lot), () => Here($"lot {lot.Number} is given out after {LastLot}"));
        touched.Add(lot.Number);
        lots.TryAdd(lot.Number, lot);
        LastLot = Math.Max(LastLot, lot.Number);
    }

    private void TakeBack(PurchaseReplay purchase, JsonElement line)
    {
        var at = checked((int)line.Number("Line"));
        if (at < 0 || at >= purchase.LinesLeft.Count)
        {
            checks.Returns.Breaks(Here($"line {at} comes back of a receipt with {purchase.LinesLeft.Count}"));
            return;
        }

        purchase.LinesLeft[at] -= line.Part("Amount").Number("Minor");
        checks.Returns.Holds(purchase.LinesLeft[at] >= 0, () => Here($"line {at} comes back with {-purchase.LinesLeft[at]} more than were left of it"));
    }

    /// <param name="part">The return itself, for the base points, or one of its awards.</param>
    private void TakeBackPoints(JsonElement part)
    {
        var (points, debt, lapsed) = (part.Number("Points"), part.Number("Debt"), part.NumberOrZero("Lapsed"));
        Debt += debt;
        // Of a lot that was empty when its account went into this one there is none here, so nothing is taken but debt.
        if (part.Number("Lot") == 0 && points == debt + lapsed) return;
        if (!lots.TryGetValue(checked((int)part.Number("Lot")), out var lot))
        {
            checks.Returns.Breaks(Here($"points come back of lot {part.Number("Lot")}, which there is not"));
            return;
        }

        touched.Add(lot.Number);
        lot.Remaining -= points - debt - lapsed;
        lot.Returnable -= points;
        lot.Lapsed -= lapsed;
        checks.Returns.Holds(
            points >= 0 && debt >= 0 && lapsed >= 0 && (lot.Came || (lot.Returnable >= 0 && lot.Lapsed >= 0)),
            () => Here($"{points} points come back of lot {lot.Number}, {lapsed} of them lapsed: more than it had"));
    }

    private void Slide(JsonElement fact)
    {
        var (activity, now) = FactForms.Times(fact);
        var slid = fact.Items("Slid").ToDictionary(s => s.Number("By"), s => s.Time("To"));
        foreach (var lot in live.Values) lot.Slide(activity, now, slid);
    }

    /// <summary>What is left of a purchase, in minor units.</summary>
    private sealed class PurchaseReplay(string currency, long left, List<long> linesLeft)
    {
        public string Currency => currency;

        public long Left { get; set; } = left;

        public List<long> LinesLeft => linesLeft;
    }
}
