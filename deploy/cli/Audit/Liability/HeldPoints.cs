using System.Text.Json;

namespace Loyalty.Cli.Audit.Liability;

/// <summary>
/// What members hold of each issuer's points, counted lot by lot while the accounts are replayed, and what became of them, fact by fact; both
/// without what CoalitionPartners has not heard of yet.
/// </summary>
internal sealed class HeldPoints
{
    private readonly HashSet<Guid>? unheard;
    private readonly Check check = new(24, "points outstanding in the issuers' books are the ledger's lots, and what became of them is what its facts say");
    private readonly Dictionary<Cohort, long> held = [];
    private readonly Dictionary<(Cohort Cohort, string Origin), Moved> told = [];

    private HeldPoints(HashSet<Guid>? unheard) => this.unheard = unheard;

    public static async Task<HeldPoints> Open(AuditedDatabase ledger, AuditedDatabase partners, CancellationToken ct) =>
        new(await Deliveries.Unheard("coalition-partners.liability", ledger, partners, ct));

    /// <summary>A fact that was replayed, and the lots that it has touched.</summary>
    public void Take(Guid id, string type, JsonElement fact, IEnumerable<LotReplay> touched)
    {
        var heard = unheard?.Contains(id) == false;
        foreach (var lot in touched)
        {
            if (heard) held[lot.Cohort] = held.GetValueOrDefault(lot.Cohort) + lot.Remaining - lot.Counted;
            lot.Counted = lot.Remaining;
        }

        if (!heard) return;
        foreach (var (cohort, origin, moved) in ToldPoints.Of(type, fact)) told[(cohort, origin)] = told.GetValueOrDefault((cohort, origin)) + moved;
    }

    /// <summary>All accounts have been replayed: the books must say the same.</summary>
    public async Task<IReadOnlyList<Check>> Compare(AuditedDatabase partners, CancellationToken ct)
    {
        if (unheard is null)
        {
            check.Remark = "not compared: CoalitionPartners has not heard of most of what happened; ./loyalty replay PointsLedger tells it again";
            return [check];
        }

        var books = new Dictionary<Cohort, long>();
        const string movements = $"select issuer, vintage, agreement, to_char(origin, 'YYYY-MM'), {Moved.Columns} from liability_movements group by 1, 2, 3, 4";
        await foreach (var row in partners.Rows(movements, ct))
        {
            var (cohort, origin, moved) = (new Cohort(row.GetGuid(0), row.GetString(1), row.GetInt32(2)), row.GetString(3), Moved.Of(row, 4));
            check.Saw("sums of movements");
            told.Remove((cohort, origin), out var own);
            check.Holds(moved == own, () => $"The books of {cohort} have for {origin} {moved}; the ledger's facts come to {own}.");
            books[cohort] = books.GetValueOrDefault(cohort) + moved.Outstanding;
        }

        foreach (var ((cohort, origin), own) in told.Where(t => t.Value != default)) check.Breaks($"The books of {cohort} have nothing for {origin}; the ledger's facts come to {own}.");
        foreach (var issuer in held.Keys.Concat(books.Keys).GroupBy(c => c.Issuer)) Compare(issuer.Key, [.. issuer.Distinct()], books);
        try
        {
            await Price(partners, ct);
        }
        catch (FormatException e)
        {
            check.Breaks(e.Message);
        }

        return [check];
    }

    // Where facts of old don't tell the month or the agreement, movements of a lot stand in another cohort than the lot: then only all are equal.
    private void Compare(Guid issuer, List<Cohort> cohorts, Dictionary<Cohort, long> books)
    {
        check.Saw("issuers");
        var (lots, sum) = (cohorts.Sum(c => held.GetValueOrDefault(c)), cohorts.Sum(c => books.GetValueOrDefault(c)));
        check.Saw("points outstanding", lots);
        check.Holds(lots == sum, () => $"Of issuer {issuer}, members hold {lots} points in their lots, and {sum} are outstanding in the books.");
        if (lots != sum || cohorts.Exists(c => c.Vintage == Cohort.Unknown || c.Agreement == 0)) return;
        foreach (var cohort in cohorts)
        {
            check.Saw("cohorts");
            check.Holds(
                held.GetValueOrDefault(cohort) == books.GetValueOrDefault(cohort),
                () => $"Of {cohort}, members hold {held.GetValueOrDefault(cohort)} points, and {books.GetValueOrDefault(cohort)} are outstanding in the books.");
        }
    }

    // As the liability desk does: rounded once for each issuer and vintage.
    private async Task Price(AuditedDatabase partners, CancellationToken ct)
    {
        var agreed = await AgreedWorth.All(partners, ct);
        var totals = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var vintage in held.GroupBy(h => (h.Key.Issuer, h.Key.Vintage)))
        {
            var currency = agreed.Of(vintage.Key.Issuer, vintage.First().Key.Agreement).Currency;
            var cost = Currencies.Minor(vintage.Sum(h => h.Value * agreed.Of(h.Key.Issuer, h.Key.Agreement).Funding), currency);
            totals[currency] = totals.GetValueOrDefault(currency) + cost;
        }

        check.Remark = totals.Count == 0 ? "nothing is outstanding" : $"at their funding prices they come to {string.Join(" and ", totals.Select(t => Currencies.Told(t.Value, t.Key)))}";
    }
}
