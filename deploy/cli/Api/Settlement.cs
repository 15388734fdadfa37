namespace Loyalty.Cli.Api;

/// <summary>One partner's month, or the coalition's own: what it owes for points it issued and is owed for points it accepted.</summary>
internal sealed record SettlementLine(
    string Partner, string Month, string Currency, long PointsIssued, long PointsRedeemed, decimal Owes, decimal IsOwed, decimal Net);

internal sealed record Settlement(IReadOnlyList<SettlementLine> Lines, decimal Total)
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
}
