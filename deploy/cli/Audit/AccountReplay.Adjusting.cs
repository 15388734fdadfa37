using System.Text.Json;

namespace Loyalty.Cli.Audit;

/// <summary>Points that two operators grant or take.</summary>
internal sealed partial class AccountReplay
{
    public void Adjust(JsonElement fact)
    {
        checks.Barred.Saw("adjustments");
        checks.Barred.Holds(!closed, () => Here("a closed account is adjusted"));
        checks.Barred.Holds(fact.Text("Maker") != fact.Text("Checker"), () => Here($"{fact.Text("Maker")} approved an adjustment of their own"));
        var issuer = fact.Id("Issuer");
        if (fact.Number("Points") > 0)
        {
            Add(LotReplay.Of(fact, issuer, $"adjustment:{fact.Id("Adjustment")}", fact.Number("AgreementVersion"), fact.Time("OccurredAt")));
            return;
        }

        var draws = DrawReplay.Of(fact);
        checks.Lots.Holds(draws.TrueForAll(d => d.Issuer == issuer), () => Here("an adjustment takes another issuer's points"));
        Move(draws, remaining: -1, reserved: 0);
        Debt += fact.NumberOrZero("Debt");
    }
}
