using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Loyalty.Journeys.Tests;

/// <summary>What one partner issues and accepts in one month, and what that costs in cents.</summary>
internal sealed record CountedMonth(string Partner, string Month, long Issued, long Redeemed, long OwesCents, long IsOwedCents);

/// <summary>
/// The totals of an import, worked out once more from the same files in the plainest way and in nobody else's code: points are
/// whole dollars per basket and department, every coupon takes 100 of what its household has, prices are 1.0 and 0.8 cents.
/// </summary>
internal sealed class CountedByHand
{
    private const int TenthsOfACentPerPointIssued = 10;
    private const int TenthsOfACentPerPointRedeemed = 8;

    public int Households { get; }

    public int Purchases { get; }

    public decimal Amount { get; }

    public long PointsAccrued { get; }

    public long PointsRedeemed { get; }

    public int RefusedRedemptions { get; }

    public long SumOfBalances { get; }

    public IReadOnlyList<CountedMonth> Months { get; }

    public CountedByHand(string folder, int? households)
    {
        var departments = new Dictionary<string, string>();
        foreach (var product in Lines(folder, "products.csv.gz"))
            departments[product["product_id"]] = product["department"];

        var transactions = Lines(folder, "transactions_sample.csv.gz");
        var coupons = Lines(folder, "coupon_redemptions.csv.gz");
        var everybody = new SortedSet<string>(transactions.Select(line => line["household_id"]).Concat(coupons.Select(line => line["household_id"])), StringComparer.Ordinal);
        var chosen = everybody.Take(households ?? everybody.Count).ToHashSet();

        var cents = new Dictionary<(string Basket, string Department), long>();
        var about = new Dictionary<(string Basket, string Department), (string Household, string Month)>();
        foreach (var line in transactions.Where(line => chosen.Contains(line["household_id"])))
        {
            var purchase = (line["basket_id"], departments.GetValueOrDefault(line["product_id"], "OTHER"));
            cents[purchase] = cents.GetValueOrDefault(purchase) + (long)Math.Round(double.Parse(line["sales_value"], CultureInfo.InvariantCulture) * 100);
            about[purchase] = (line["household_id"], line["transaction_timestamp"][..7]);
        }

        var points = new Dictionary<string, long>();
        var issued = new SortedDictionary<(string, string), long>();
        var redeemed = new SortedDictionary<(string, string), long>();
        foreach (var (purchase, amount) in cents)
        {
            var (household, month) = about[purchase];
            points[household] = points.GetValueOrDefault(household) + (amount / 100);
            issued[(purchase.Department, month)] = issued.GetValueOrDefault((purchase.Department, month)) + (amount / 100);
        }

        foreach (var coupon in coupons.Where(coupon => chosen.Contains(coupon["household_id"])))
        {
            var household = coupon["household_id"];
            if (points.GetValueOrDefault(household) < 100)
            {
                RefusedRedemptions++;
                continue;
            }

            points[household] -= 100;
            var month = ("GROCERY", coupon["redemption_date"][..7]);
            redeemed[month] = redeemed.GetValueOrDefault(month) + 100;
        }

        Households = chosen.Count;
        Purchases = cents.Count;
        Amount = cents.Values.Sum() / 100m;
        PointsAccrued = issued.Values.Sum();
        PointsRedeemed = redeemed.Values.Sum();
        SumOfBalances = points.Values.Sum();
        Months = [.. issued.Keys.Union(redeemed.Keys).Order().Select(key =>
        {
            var (i, r) = (issued.GetValueOrDefault(key), redeemed.GetValueOrDefault(key));
            return new CountedMonth(key.Item1, key.Item2, i, r, HalfToEven(i * TenthsOfACentPerPointIssued), HalfToEven(r * TenthsOfACentPerPointRedeemed));
        })];
    }

    private static long HalfToEven(long tenths) => (tenths % 10, tenths / 10) switch
    {
        (> 5, var whole) => whole + 1,
        (5, var whole) => whole + (whole % 2),
        (_, var whole) => whole,
    };

    private static List<Dictionary<string, string>> Lines(string folder, string file)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(folder, file)), CompressionMode.Decompress));
        var header = Fields(text.ReadLine()!);
        var lines = new List<Dictionary<string, string>>();
        while (text.ReadLine() is { } line)
            lines.Add(header.Zip(Fields(line)).ToDictionary(pair => pair.First, pair => pair.Second));
        return lines;
    }

    private static List<string> Fields(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        foreach (var c in line)
        {
            if (c == '"')
                quoted = !quoted;
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
                field.Append(c);
        }

        fields.Add(field.ToString());
        return fields;
    }
}
