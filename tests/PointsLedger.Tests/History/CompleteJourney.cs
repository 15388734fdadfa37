using System.Globalization;
using System.IO.Compression;

namespace Loyalty.PointsLedger.Tests.History;

/// <summary>What a household did one after another: it bought, with the lines of its receipt, or it handed in a coupon, which here spends points.</summary>
/// <param name="Partner">The department of the lines, which here is a partner.</param>
/// <param name="Lines">Empty for a coupon.</param>
internal sealed record Doing(string Household, DateTime At, string Basket, string Partner, IReadOnlyList<(string Category, long Cents)> Lines)
{
    public bool IsCoupon => Lines.Count == 0;

    public long Cents => Lines.Sum(l => l.Cents);
}

/// <summary>The Complete Journey study by 84.51°: a year of real households.</summary>
internal static class CompleteJourney
{
    /// <summary>Everything that every household did, in the order of time.</summary>
    public static List<List<Doing>> Households(string folder)
    {
        var products = Rows(folder, "products.csv.gz").ToDictionary(row => row["product_id"], row => (Department: row["department"], Category: row["product_category"]));
        var purchases = Rows(folder, "transactions_sample.csv.gz")
            .Select(row => (Row: row, Product: products.GetValueOrDefault(row["product_id"], ("OTHER", "OTHER"))))
            .GroupBy(line => (Basket: line.Row["basket_id"], Partner: line.Product.Item1))
            .Select(lines => new Doing(
                lines.First().Row["household_id"], Time(lines.First().Row["transaction_timestamp"], "yyyy-MM-dd HH:mm:ss"), lines.Key.Basket, lines.Key.Partner,
                [.. lines.Select(line => (line.Product.Item2, Cents(line.Row["sales_value"])))]));
        var coupons = Rows(folder, "coupon_redemptions.csv.gz")
            .Select((row, i) => new Doing(row["household_id"], Time(row["redemption_date"], "yyyy-MM-dd").AddHours(12), $"c{i}", "GROCERY", []));
        return [.. purchases.Concat(coupons)
            .OrderBy(d => d.At).ThenBy(d => d.Basket, StringComparer.Ordinal).ThenBy(d => d.Partner, StringComparer.Ordinal)
            .GroupBy(d => d.Household).Select(household => household.ToList())];
    }

    private static DateTime Time(string text, string format) => DateTime.ParseExact(text, format, CultureInfo.InvariantCulture);

    // The study sums in binary floating point, so a line of nothing may read 4.440892e-16.
    private static long Cents(string text) => (long)Math.Round(double.Parse(text, CultureInfo.InvariantCulture) * 100);

    private static IEnumerable<Dictionary<string, string>> Rows(string folder, string file)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(folder, file)), CompressionMode.Decompress));
        var header = Fields(text.ReadLine()!);
        while (text.ReadLine() is { } line) yield return header.Zip(Fields(line)).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    // Every other part between quotation marks is quoted; no field of the study holds such a mark.
    private static List<string> Fields(string line) =>
        [.. line.Split('"').SelectMany((part, i) => i % 2 == 1 ? [part.Replace(',', '\u001f')] : new[] { part }).Aggregate("", string.Concat).Split(',').Select(f => f.Replace('\u001f', ','))];
}
