using System.Text.Json;

namespace Loyalty.Cli.Audit;

/// <summary>Points that go from account to account.</summary>
internal sealed partial class AccountReplay
{
    public void Send(JsonElement fact)
    {
        checks.Barred.Saw("transfers");
        checks.Barred.Holds(!closed, () => Here("points are sent from a closed account"));
        // A gift is of points that could be spent; what else passes from account to account takes lots as they are.
        var draws = fact.Text("Kind") == "gift" ? Draw(fact) : DrawReplay.Of(fact);
        Move(draws, remaining: -1, reserved: 0);
        Debt -= fact.NumberOrZero("Debt");
        checks.Transfers.Left(fact.Id("Transfer"), id, fact.Id("To"), fact.Number("Points"), fact.NumberOrZero("Debt"));
    }

    public void Receive(JsonElement fact)
    {
        var recordedAt = fact.Time("RecordedAt");
        foreach (var origin in fact.Items("Lots").Select(lot => lot.Part("As"))) Add(LotReplay.Received(origin, recordedAt));
        Debt += fact.NumberOrZero("Debt");
        checks.Transfers.Came(fact.Id("Transfer"), fact.Id("From"), id, fact.Number("Points"), fact.NumberOrZero("Debt"));
    }
}

/// <summary>Transfers of which only one side has been seen. In the end there is none.</summary>
internal sealed class OpenTransfers
{
    private readonly Dictionary<(Guid Transfer, Guid From, Guid To), (long Points, long Debt)> open = [];

    public void Left(Guid transfer, Guid from, Guid to, long points, long debt) => Add((transfer, from, to), points, debt);

    public void Came(Guid transfer, Guid from, Guid to, long points, long debt) => Add((transfer, from, to), -points, -debt);

    public void End(Check check)
    {
        foreach (var (key, left) in open)
            check.Breaks($"Transfer {key.Transfer} from account {key.From} to {key.To}: {left.Points} points and a debt of {left.Debt} have left and not come.");
    }

    private void Add((Guid Transfer, Guid From, Guid To) key, long points, long debt)
    {
        var (morePoints, moreDebt) = open.GetValueOrDefault(key);
        open[key] = (points + morePoints, debt + moreDebt);
        if (open[key] == (0, 0)) open.Remove(key);
    }
}
