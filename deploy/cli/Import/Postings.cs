using System.Diagnostics;
using Loyalty.Cli.Api;

namespace Loyalty.Cli.Import;

/// <summary>Posts the purchases and then the coupons as the partners' tills would.</summary>
internal sealed class Postings(CompleteJourney journey, Prepared prepared, Codes codes, int concurrency)
{
    private const long PointsPerCoupon = 100;
    private static readonly TimeSpan TermsMayArriveWithin = TimeSpan.FromSeconds(60);

    private readonly Tally tally = new();

    // A basket's id is a number, though one of them is written 4.0128e+10.
    private readonly Codes basketCodes = new(journey.Baskets.Select(basket => basket.Id).Distinct());

    public Tally Tally => tally;

    /// <summary>Posts every purchase, as many at a time as allowed, and says how long it took.</summary>
    public async Task<TimeSpan> PostPurchases(Action step, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(journey.Baskets, Limited(ct), async (basket, token) =>
        {
            var till = prepared.TillOf[basket.Department];
            var purchase = new Purchase(
                $"{basketCodes[basket.Id]}-{codes[basket.Department]}", prepared.CardOf[basket.Household], basket.Store, basket.Amount, Preparation.Currency, basket.At);

            // A partner's admission and terms reach the ledger by message, perhaps a moment after the first receipt.
            var reply = await Eventually.Settles(() => till.Buy(purchase, token), reply => !NotYetKnown(reply), TermsMayArriveWithin, token);
            tally.Accrued(basket.Department, basket.Amount, reply.Read<Posted>());
            step();
        });
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>
    /// Tries every coupon. What one household may spend depends on its own coupons only, so households go side by side and each
    /// one's coupons in the order of the file: the result is that of the whole file in order.
    /// </summary>
    public async Task RedeemCoupons(Action step, CancellationToken ct)
    {
        var households = journey.Coupons.GroupBy(coupon => coupon.Household).ToList();
        await Parallel.ForEachAsync(households, Limited(ct), async (coupons, token) =>
        {
            foreach (var coupon in coupons.OrderBy(coupon => coupon.Row))
            {
                await Redeem(coupon, token);
                step();
            }
        });
    }

    private async Task Redeem(Coupon coupon, CancellationToken ct)
    {
        const string partner = CompleteJourney.CouponsAreSpentAt;
        var reply = await prepared.TillOf[partner].Redeem(new Redemption(
            $"coupon-{coupon.Row}", prepared.CardOf[coupon.Household], journey.Stores[partner][0], PointsPerCoupon, coupon.At), ct);
        if (reply.Code == "insufficient-points")
            tally.Refused();
        else
            tally.Redeemed(partner, reply.Read<Posted>());
    }

    private static bool NotYetKnown(Reply reply) => reply.Code is "unknown-store" or "no-agreement";

    private ParallelOptions Limited(CancellationToken ct) => new() { MaxDegreeOfParallelism = concurrency, CancellationToken = ct };
}
