using System.Text.Json;

namespace Loyalty.Cli.Audit;

/// <summary>Points that are spent, set aside, set free and given back.</summary>
internal sealed partial class AccountReplay
{
    private readonly Dictionary<(Guid Partner, string Id), ReservationReplay> reservations = [];
    private readonly Dictionary<(Guid Partner, string Id), RedemptionReplay> redemptions = [];

    public void Reserve(JsonElement fact)
    {
        MaySpend(fact);
        var draws = Draw(fact);
        reservations[Key(fact.Part("Transaction"))] = new(draws, fact.TimeOrNone("ReleasesAt"));
        Move(draws, remaining: 0, reserved: +1);
    }

    public void Redeem(JsonElement fact)
    {
        MaySpend(fact);
        var transaction = fact.Part("Transaction");
        var draws = fact.Has("Reservation") ? Captured(fact) : Draw(fact);
        Move(draws, remaining: -1, reserved: fact.Has("Reservation") ? -1 : 0);
        Slide(fact);
        if (!redemptions.TryAdd(Key(transaction), new(fact.Number("Points")))) checks.Once.Breaks(Here($"the redemption {transaction.Text("Id")} takes effect a second time"));
    }

    public void Release(JsonElement fact) =>
        Move(SetFree((fact.Part("Transaction").Id("Partner"), fact.Text("Reservation")), DrawReplay.Of(fact)), remaining: 0, reserved: -1);

    public void TimeOut(JsonElement fact)
    {
        var key = (fact.Id("Redeemer"), fact.Text("Reservation"));
        checks.Lots.Holds(
            reservations.GetValueOrDefault(key)?.ReleasesAt <= fact.Time("RecordedAt"), () => Here($"the reservation {key.Item2} has timed out before its time"));
        Move(SetFree(key, DrawReplay.Of(fact)), remaining: 0, reserved: -1);
    }

    /// <summary>Points go back into their lots with the expiry they had when they were spent.</summary>
    public void Restore(JsonElement fact)
    {
        var key = (fact.Part("Transaction").Id("Partner"), fact.Text("Redemption"));
        checks.Once.Saw("redemptions undone");
        if (redemptions.TryGetValue(key, out var redemption))
        {
            checks.Once.Holds(!redemption.Undone && redemption.Points == fact.Number("Points"), () => Here($"the redemption {key.Item2} of {redemption.Points} points is undone twice, or by {fact.Number("Points")}"));
            redemption.Undone = true;
        }
        else
        {
            checks.Moved.Undo(key.Item1, key.Item2, fact.Number("Points"));
        }

        foreach (var draw in DrawReplay.Of(fact))
        {
            // Its lots had been left behind, empty, when the account came into this one.
            if (redemption is null && !lots.ContainsKey(draw.Lot))
            {
                Add(new(draw.Lot, draw.Issuer, draw.Purchase, draw.Accrued)
                {
                    Remaining = draw.Points, ExpiresAt = draw.ExpiresAt, Agreement = draw.Agreement, AccruedAt = draw.AccruedAt, Came = true,
                });
                continue;
            }

            var lot = Lot(draw);
            if (lot.Remaining == 0) (lot.ExpiresAt, lot.Pending) = (draw.ExpiresAt, false);
            lot.Remaining += draw.Points;
        }
    }

    /// <summary>What is drawn from free points must have been there, spendable, and next in order.</summary>
    private List<DrawReplay> Draw(JsonElement fact)
    {
        checks.Covered.Saw("draws on balances");
        checks.InOrder.Saw("draws on balances");
        var at = FactForms.Times(fact).RecordedAt;
        var draws = DrawReplay.Of(fact);
        var (covered, lapsed) = (true, false);
        foreach (var draw in draws)
        {
            var lot = lots.GetValueOrDefault(draw.Lot);
            covered &= draw.Points > 0 && lot?.Free >= draw.Points && lot.IsActiveAt(at);
            lapsed |= lot?.HasLapsedAt(at) == true;
        }

        checks.Covered.Holds(covered, () => Here($"{Told(draws)} are spent, and there were {Told(Spendable(at))}"));
        checks.InOrder.Holds(!lapsed, () => Here($"{Told(draws)} are spent, and some of them had lapsed by {at:O}"));
        if (covered && !lapsed) InOrder(draws, Spendable(at), "the earliest expiry first");
        return draws;
    }

    private List<DrawReplay> Captured(JsonElement fact)
    {
        checks.InOrder.Saw("captures");
        var key = (fact.Part("Transaction").Id("Partner"), fact.Text("Reservation"));
        var draws = DrawReplay.Of(fact);
        if (reservations.TryGetValue(key, out var reservation)) InOrder(draws, reservation.Draws, "the reservation's own order");
        return SetFree(key, draws);
    }

    private List<DrawReplay> SetFree((Guid Partner, string Id) key, List<DrawReplay> draws)
    {
        if (!reservations.TryGetValue(key, out var reservation))
        {
            checks.Lots.Breaks(Here($"points of the reservation {key.Id} are used, which is not open"));
            return draws;
        }

        foreach (var draw in draws)
        {
            var at = reservation.Draws.FindIndex(d => d.Lot == draw.Lot);
            if (at < 0 || reservation.Draws[at].Points < draw.Points)
                checks.Lots.Breaks(Here($"{draw.Points} points of lot {draw.Lot} are used of the reservation {key.Id}, which holds fewer"));
            else
                reservation.Draws[at] = reservation.Draws[at] with { Points = reservation.Draws[at].Points - draw.Points };
        }

        reservation.Draws.RemoveAll(d => d.Points == 0);
        if (reservation.Draws.Count == 0) reservations.Remove(key);
        return draws;
    }

    private IEnumerable<DrawReplay> Spendable(DateTimeOffset at) => live.Values
        .Where(lot => lot.Free > 0 && lot.IsActiveAt(at) && !lot.HasLapsedAt(at))
        .OrderBy(lot => lot.ExpiresAt ?? DateTimeOffset.MaxValue).ThenBy(lot => lot.Number)
        .Select(lot => new DrawReplay(lot.Number, lot.Issuer, lot.Purchase, lot.Agreement, lot.AccruedAt, lot.ExpiresAt, lot.Free, lot.Accrued));

    private void InOrder(List<DrawReplay> draws, IEnumerable<DrawReplay> from, string order)
    {
        var (expected, left) = (new List<DrawReplay>(), draws.Sum(d => d.Points));
        foreach (var next in from.TakeWhile(_ => left > 0))
        {
            expected.Add(next with { Points = Math.Min(next.Points, left) });
            left -= expected[^1].Points;
        }

        checks.InOrder.Holds(
            draws.Select(d => (d.Lot, d.Points)).SequenceEqual(expected.Select(d => (d.Lot, d.Points))),
            () => Here($"{Told(draws)} are drawn; {order} that is {Told(expected)}"));
    }

    private static string Told(IEnumerable<DrawReplay> draws) =>
        string.Join(" and ", draws.Take(8).Select(d => $"{d.Points} of lot {d.Lot}")) is { Length: > 0 } told ? told : "none";

    private sealed record ReservationReplay(List<DrawReplay> Draws, DateTimeOffset? ReleasesAt)
    {
        public List<DrawReplay> Draws { get; } = [.. Draws];
    }

    private sealed class RedemptionReplay(long points)
    {
        public long Points => points;

        public bool Undone { get; set; }
    }
}
