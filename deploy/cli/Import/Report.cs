using System.Text.Json;
using Loyalty.Cli.Api;

namespace Loyalty.Cli.Import;

/// <summary>The totals of an import: what the ledger answered, what it holds, and what the partners settle.</summary>
internal sealed record Report(
    int Households, int Stores, int Purchases, decimal Amount, long PointsAccrued, long PointsRedeemed, int Redemptions, int RefusedRedemptions,
    long SumOfBalances, IReadOnlyList<PartnerTotals> Partners, IReadOnlyList<SettlementLine> Settlement, IReadOnlyList<CoalitionLine> Coalition,
    decimal NetOfAll,
    double Seconds, double PurchasesPerSecond, long RequestsRepeated)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public async Task Save(string file, CancellationToken ct)
    {
        await using var stream = File.Create(file);
        await JsonSerializer.SerializeAsync(stream, this, Json, ct);
    }
}
