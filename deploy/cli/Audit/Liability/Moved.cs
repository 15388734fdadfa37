using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Npgsql;

namespace Loyalty.Cli.Audit.Liability;

/// <summary>Points of one issuer that were accrued in one month (UTC) and priced by one version of its agreement.</summary>
/// <param name="Vintage"><c>2017-03</c>; <c>unknown</c> where the fact does not say.</param>
/// <param name="Agreement">0 where the fact does not say.</param>
internal readonly record struct Cohort(Guid Issuer, string Vintage, int Agreement)
{
    public const string Unknown = "unknown";

    public static string MonthOf(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    public static string VintageOf(DateTimeOffset? accruedAt) => accruedAt is { } at ? MonthOf(at) : Unknown;
}

/// <summary>What became of points.</summary>
/// <param name="Sales">What the purchases came to, less what was paid back, in minor units.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Moved(
    long Issued = 0, long TakenBack = 0, long Redeemed = 0, long PutBack = 0, long Repaid = 0, long Expired = 0, long Adjusted = 0, long Sales = 0)
{
    /// <summary>The columns in which they are kept, in the order in which they are read here.</summary>
    public const string Columns =
        """
        sum(issued)::bigint, sum(taken_back)::bigint, sum(redeemed)::bigint, sum(put_back)::bigint, sum(repaid)::bigint, sum(expired)::bigint,
        sum(adjusted)::bigint, sum(sales)::bigint
        """;

    public long Granted => Issued - TakenBack + Adjusted;

    public long Used => Redeemed - PutBack + Repaid;

    public long Outstanding => Granted - Used - Expired;

    public static Moved operator +(Moved a, Moved b) => new(
        a.Issued + b.Issued, a.TakenBack + b.TakenBack, a.Redeemed + b.Redeemed, a.PutBack + b.PutBack, a.Repaid + b.Repaid, a.Expired + b.Expired,
        a.Adjusted + b.Adjusted, a.Sales + b.Sales);

    public static Moved Of(NpgsqlDataReader row, int first) => new(
        row.GetInt64(first), row.GetInt64(first + 1), row.GetInt64(first + 2), row.GetInt64(first + 3), row.GetInt64(first + 4), row.GetInt64(first + 5),
        row.GetInt64(first + 6), row.GetInt64(first + 7));

    public static Moved Of(JsonElement stored) => new(
        stored.Number("Issued"), stored.Number("TakenBack"), stored.Number("Redeemed"), stored.Number("PutBack"), stored.Number("Repaid"), stored.Number("Expired"),
        stored.Number("Adjusted"), stored.Number("Sales"));
}
