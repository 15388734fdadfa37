using Loyalty.Cli.Api;

namespace Loyalty.Cli.Import;

/// <summary>What the ledger answered so far, added up per partner.</summary>
internal sealed class Tally
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, PartnerTotals> partners = [];

    public int RefusedRedemptions { get; private set; }

    public IReadOnlyList<PartnerTotals> Partners
    {
        get
        {
            lock (gate)
                return [.. partners.Values.OrderBy(partner => partner.Partner, StringComparer.Ordinal)];
        }
    }

    public void Accrued(string partner, decimal amount, Posted posted) => Add(partner, sum => sum with
    {
        Purchases = sum.Purchases + 1, Amount = sum.Amount + amount, PointsAccrued = sum.PointsAccrued + posted.Points,
    });

    public void Redeemed(string partner, Posted posted) => Add(partner, sum => sum with
    {
        Redemptions = sum.Redemptions + 1, PointsRedeemed = sum.PointsRedeemed + posted.Points,
    });

    public void Refused()
    {
        lock (gate)
            RefusedRedemptions++;
    }

    private void Add(string partner, Func<PartnerTotals, PartnerTotals> more)
    {
        lock (gate)
            partners[partner] = more(partners.GetValueOrDefault(partner) ?? new PartnerTotals(partner, 0, 0m, 0, 0, 0));
    }
}

internal sealed record PartnerTotals(string Partner, int Purchases, decimal Amount, long PointsAccrued, int Redemptions, long PointsRedeemed);
