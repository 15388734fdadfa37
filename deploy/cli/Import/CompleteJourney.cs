using System.Globalization;
using System.IO.Compression;
using CsvHelper;

namespace Loyalty.Cli.Import;

/// <summary>All lines of one basket in one department, summed: one purchase at one partner.</summary>
internal sealed record Basket(string Id, string Department, string Household, string Store, decimal Amount, DateTimeOffset At);

/// <summary>A household handed in a coupon: a try to spend points at GROCERY that day.</summary>
internal sealed record Coupon(int Row, string Household, DateTimeOffset At);

/// <summary>The Complete Journey study by 84.51°, read from its folder of gzipped CSV files.</summary>
internal sealed record CompleteJourney(
    IReadOnlyList<string> Departments, IReadOnlyDictionary<string, IReadOnlyList<string>> Stores,
    IReadOnlyList<Basket> Baskets, IReadOnlyList<Coupon> Coupons)
{
    public const string NoDepartment = "OTHER";
    public const string CouponsAreSpentAt = "GROCERY";

    public IReadOnlyList<string> Households =>
        [.. Baskets.Select(basket => basket.Household).Concat(Coupons.Select(coupon => coupon.Household)).Distinct().Order(StringComparer.Ordinal)];

    public static CompleteJourney Read(string folder)
    {
        var departmentOf = Rows(folder, "products.csv.gz", row => (Product: row("product_id"), Department: row("department")))
            .ToDictionary(product => product.Product, product => product.Department);
        var baskets = Rows(folder, "transactions_sample.csv.gz", row => new Basket(
                row("basket_id"), Department(row("product_id")), row("household_id"), row("store_id"), Cents(row("sales_value")), Timestamp(row("transaction_timestamp"))))
            .GroupBy(line => (line.Id, line.Department))
            .Select(lines => lines.First() with { Amount = lines.Sum(line => line.Amount) })
            .OrderBy(basket => basket.At).ThenBy(basket => basket.Id, StringComparer.Ordinal).ThenBy(basket => basket.Department, StringComparer.Ordinal)
            .ToList();
        var coupons = Rows(folder, "coupon_redemptions.csv.gz", row => (Household: row("household_id"), Date: row("redemption_date")))
            .Select((coupon, index) => new Coupon(index + 1, coupon.Household, Noon(coupon.Date)))
            .ToList();
        var stores = baskets.GroupBy(basket => basket.Department).ToDictionary(
            partner => partner.Key,
            IReadOnlyList<string> (partner) => [.. partner.Select(basket => basket.Store).Distinct().Order(StringComparer.Ordinal)]);
        return new CompleteJourney([.. stores.Keys.Order(StringComparer.Ordinal)], stores, baskets, coupons);

        string Department(string product) => departmentOf.GetValueOrDefault(product) is { Length: > 0 } name and not "NA" ? name : NoDepartment;
    }

    /// <summary>The part that concerns the first so many households in the order of their ids; partners and stores stay whole.</summary>
    public CompleteJourney Only(int households)
    {
        var chosen = Households.Take(households).ToHashSet();
        return this with
        {
            Baskets = [.. Baskets.Where(basket => chosen.Contains(basket.Household))],
            Coupons = [.. Coupons.Where(coupon => chosen.Contains(coupon.Household))],
        };
    }

    private static List<T> Rows<T>(string folder, string file, Func<Func<string, string>, T> map)
    {
        var path = Path.Combine(folder, file);
        if (!File.Exists(path))
            throw new StoppedException($"There is no {file} in '{folder}'. Give the folder that holds the study's .csv.gz files.");

        using var csv = CsvReader.Create(
            new GZipStream(File.OpenRead(path), CompressionMode.Decompress),
            new CsvReaderOptions { Separator = ',', TrackLineNumbers = true, PoolStrings = true }, leaveOpen: false);
        var rows = new List<T>();
        try
        {
            while (csv.Read())
                rows.Add(map(csv.GetString));
        }
        catch (Exception e) when (e is CsvFormatException or InvalidDataException or FormatException or OverflowException or ArgumentException or KeyNotFoundException)
        {
            throw new StoppedException($"{path}, line {csv.LineNumber}, can't be read: {e.Message}", e);
        }

        return rows;
    }

    // The study sums in binary floating point, so a line of nothing may read 4.440892e-16; money has two decimals here.
    private static decimal Cents(string text) =>
        decimal.Round(decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture), 2) + 0.00m;

    private static DateTimeOffset Timestamp(string text) =>
        DateTimeOffset.ParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static DateTimeOffset Noon(string text) =>
        DateTimeOffset.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).AddHours(12);
}
