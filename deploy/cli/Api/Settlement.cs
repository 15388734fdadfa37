namespace Loyalty.Cli.Api;

/// <summary>One partner's month: what it owes for points it issued and is owed for points it accepted.</summary>
internal sealed record SettlementLine(
    string Partner, string Name, string Month, string Currency, long PointsIssued, long PointsRedeemed, decimal Owes, decimal IsOwed, decimal Net);

/// <summary>The coalition's own account in one month and currency, and what it comes to together with all partners: 0.</summary>
internal sealed record CoalitionLine(string Month, string Currency, decimal Net, decimal Total);

/// <summary>The settlement of all months.</summary>
internal sealed record Settlement(IReadOnlyList<SettlementLine> Lines, IReadOnlyList<CoalitionLine> Coalition)
{
    /// <summary>Points issued and redeemed by these partners, over all months.</summary>
    public long PointsOf(IEnumerable<string> partners)
    {
        var chosen = partners.ToHashSet();
        return Lines.Where(line => chosen.Contains(line.Partner)).Sum(line => line.PointsIssued + line.PointsRedeemed);
    }

    /// <summary>Whether every partner's months hold at least these points.</summary>
    public bool Covers(IReadOnlyDictionary<string, (long Issued, long Redeemed)> expected) => expected.All(partner =>
    {
        var lines = Lines.Where(line => line.Partner == partner.Key).ToList();
        return lines.Sum(line => line.PointsIssued) >= partner.Value.Issued && lines.Sum(line => line.PointsRedeemed) >= partner.Value.Redeemed;
    });

    /// <summary>All partners and the coalition together, in one currency, added up here once more and not taken on trust.</summary>
    public decimal NetOfAll(string currency) =>
        Lines.Where(line => line.Currency == currency).Sum(line => line.Net) + Coalition.Where(line => line.Currency == currency).Sum(line => line.Net);
}
