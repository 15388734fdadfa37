using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Loyalty.Cli.Audit.Liability;

/// <summary>
/// The months whose books are closed, against their figures computed again from what stands in the books of those months, and from the
/// agreements and estimates in the log by then. One issuer's books are in memory at a time.
/// </summary>
internal sealed class ClosedPeriods(AuditedDatabase partners, AgreedWorths agreed)
{
    private const string Log =
        """
        select seq_id, type, data::text from mt_events
        where type in ('liability-estimates-proposed', 'liability-estimates-approved', 'liability-estimates-rejected', 'liability-period-closed') order by seq_id
        """;

    private const string Books =
        $"""
        select issuer, vintage, agreement, to_char(period, 'YYYY-MM'), {Moved.Columns} from liability_movements
        where period <= to_date($1, 'YYYY-MM') group by issuer, vintage, agreement, period order by issuer
        """;

    private const string Late =
        $"""
        select issuer, vintage, to_char(origin, 'YYYY-MM'), {Moved.Columns} from liability_movements
        where period = to_date($1, 'YYYY-MM') and origin < period group by issuer, vintage, origin
        """;

    private readonly Check check = new(25, "closed months of points say what their books come to, in order and once");
    private readonly ApprovedEstimates estimates = new();
    private Dictionary<(Guid Issuer, string Vintage), long>? recognised;
    private string? last;

    public static async Task<IReadOnlyList<Check>> Run(AuditedDatabase partners, CancellationToken ct)
    {
        var periods = new ClosedPeriods(partners, await AgreedWorth.All(partners, ct));
        await using var beside = await partners.Beside(ct);
        await foreach (var row in beside.Rows(Log, ct))
        {
            try
            {
                using var fact = JsonDocument.Parse(row.GetString(2));
                if (row.GetString(1) == "liability-period-closed") await periods.Compare(fact.RootElement, ct);
                else periods.estimates.Take(row.GetString(1), fact.RootElement);
            }
            catch (Exception e) when (Json.IsUnreadable(e))
            {
                periods.check.Breaks($"Event {row.GetInt64(0)} of the partners ({row.GetString(1)}) can't be read: {e.Message}");
            }
        }

        await periods.End(ct);
        return [periods.check];
    }

    private async Task Compare(JsonElement closed, CancellationToken ct)
    {
        var month = closed.Text("Period");
        check.Saw("months closed");
        check.Holds(last is null || string.CompareOrdinal(last, month) < 0, () => $"{month} is closed after {last}.");
        var stored = closed.Items("Cohorts").Select(Standing).ToList();
        var due = new List<CohortStanding>();
        await foreach (var books in ByIssuer(month, ct)) due.AddRange(books.At(month, recognised is null ? null : vintage => recognised.GetValueOrDefault((books.Issuer, vintage))));
        check.Saw("cohorts", stored.Count);
        Same(month, stored, due);
        var late = new List<string>();
        await foreach (var row in partners.Rows(Late, ct, month)) late.Add(Told(row.GetGuid(0), row.GetString(1), row.GetString(2), Moved.Of(row, 3)));
        Same(month, [.. closed.Items("Late").Select(l => Told(l.Id("Issuer"), l.Text("Vintage"), l.Text("Origin"), Moved.Of(l.Part("Moved"))))], late);
        (last, recognised) = (month, stored.GroupBy(c => (c.Issuer, c.Vintage)).ToDictionary(c => c.Key, c => c.Last().Recognised));
    }

    private void Same<T>(string month, List<T> stored, List<T> due)
    {
        foreach (var one in stored.Except(due)) check.Breaks($"{month} was closed with {one}, and the books don't come to that.");
        foreach (var one in due.Except(stored)) check.Breaks($"The books of {month} come to {one}, and it was not closed so.");
        check.Holds(stored.Count == due.Count, () => $"{month} was closed with {stored.Count} cohorts or late sums, and there are {due.Count}.");
    }

    private async IAsyncEnumerable<IssuerReplay> ByIssuer(string month, [EnumeratorCancellation] CancellationToken ct)
    {
        var (issuer, rows) = (Guid.Empty, new List<BookRow>());
        await foreach (var row in partners.Rows(Books, ct, month))
        {
            if (row.GetGuid(0) != issuer && rows.Count > 0)
            {
                yield return new(issuer, rows, agreed, estimates);
                rows = [];
            }

            issuer = row.GetGuid(0);
            rows.Add(new(row.GetString(1), row.GetInt32(2), row.GetString(3), Moved.Of(row, 4)));
        }

        if (rows.Count > 0) yield return new(issuer, rows, agreed, estimates);
    }

    // The row through which all movements go must know what is closed: it keeps them out.
    private async Task End(CancellationToken ct)
    {
        await foreach (var row in partners.Rows("select to_char(closed_through, 'YYYY-MM') from liability_books", ct))
        {
            var through = row.IsDBNull(0) ? null : row.GetString(0);
            check.Holds(through == last, () => $"The books take nothing into {through ?? "no month"} and before; the last month that is closed is {last ?? "none"}.");
        }
    }

    private static CohortStanding Standing(JsonElement c) => new(
        c.Id("Issuer"), c.Text("Vintage"), c.Text("Currency"), Moved.Of(c.Part("Moved")), Moved.Of(c.Part("ToDate")), c.Number("AtFundingPrice"), c.Number("Allocated"),
        c.Has("EstimateVersion") ? (int)c.Number("EstimateVersion") : null, c.Number("Expected"), c.Number("Recognised"), c.Number("RecognisedBefore"));

    private static string Told(Guid issuer, string vintage, string origin, Moved moved) => $"{moved} of {issuer}, vintage {vintage}, late from {origin}";
}
