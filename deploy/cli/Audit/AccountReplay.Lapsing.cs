using System.Text.Json;

namespace Loyalty.Cli.Audit;

/// <summary>What time does to points.</summary>
internal sealed partial class AccountReplay
{
    public void Activate(JsonElement fact)
    {
        foreach (var draw in DrawReplay.Of(fact))
        {
            var lot = Lot(draw);
            checks.Lots.Holds(lot.Pending && lot.ActivatesAt <= fact.Time("RecordedAt"), () => Here($"lot {lot.Number} is activated before {lot.ActivatesAt:O}, or again"));
            lot.Pending = false;
        }
    }

    public void Expire(JsonElement fact)
    {
        checks.InOrder.Saw("expiries");
        foreach (var draw in DrawReplay.Of(fact))
        {
            var lot = Lot(draw);
            checks.InOrder.Holds(lot.HasLapsedAt(fact.Time("RecordedAt")), () => Here($"lot {lot.Number} expires before {lot.ExpiresAt:O}"));
            checks.Lots.Holds(draw.Points == lot.Free, () => Here($"{draw.Points} points of lot {lot.Number} expire, and {lot.Free} were free"));
            lot.Remaining -= draw.Points;
            lot.Lapsed += draw.Points;
        }
    }
}
