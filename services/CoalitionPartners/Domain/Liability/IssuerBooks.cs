using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Liability;

/// <summary>An issuer's books of points: all that has moved, and what it means by its agreements and by what is expected.</summary>
/// <param name="Agreements">By version, every one that priced some of the points.</param>
internal sealed record IssuerBooks(
    PartnerId Issuer, Currency Currency, IReadOnlyList<CohortMovements> Movements, IReadOnlyDictionary<int, Agreement> Agreements, LiabilityEstimates Estimates)
{
    private readonly Dictionary<Month, RedemptionHistory> histories = [];

    /// <summary>All cohorts at the end of a month, the oldest first.</summary>
    /// <param name="recognisedBefore">What had been recognised of a cohort by the end of the month before; null to compute it.</param>
    /// <param name="shift">What to add to every expectation, as a part of the points granted.</param>
    public IReadOnlyList<CohortFigures> At(Month month, Func<Vintage, long>? recognisedBefore = null, decimal shift = 0)
    {
        var before = recognisedBefore ?? (vintage => Recognised(vintage, month.Previous(), shift: 0));
        return
        [
            .. Movements.Where(m => m.Period <= month).Select(m => m.Vintage).Distinct().OrderBy(v => v.ToString(), StringComparer.Ordinal)
                .Select(v => Figures(v, month, before(v), shift)),
        ];
    }

    /// <summary>What the outstanding points of some movements cost their issuer, each by its own version's price, rounded once.</summary>
    public Money AtFundingPrice(IEnumerable<CohortMovements> movements) =>
        Money.Rounded(movements.Sum(m => m.Moved.Outstanding.Value * AgreementOf(m).FundingPrice()), Currency);

    private CohortFigures Figures(Vintage vintage, Month month, long recognisedBefore, decimal shift)
    {
        var rows = Movements.Where(m => m.Vintage == vintage && m.Period <= month).ToList();
        var toDate = rows.Sum(r => r.Moved);
        var allocated = Allocated(vintage, month, rows, toDate);
        var (version, expected) = Expected(vintage, month, toDate, shift);
        return new(
            Issuer, vintage, Currency, rows.Where(r => r.Period == month).Sum(r => r.Moved), toDate, AtFundingPrice(rows).Minor, allocated, version, expected,
            Revenue.Recognised(allocated, toDate.Used, expected), recognisedBefore);
    }

    private long Recognised(Vintage vintage, Month month, decimal shift)
    {
        var rows = Movements.Where(m => m.Vintage == vintage && m.Period <= month).ToList();
        var toDate = rows.Sum(r => r.Moved);
        return rows.Count == 0 ? 0 : Revenue.Recognised(Allocated(vintage, month, rows, toDate), toDate.Used, Expected(vintage, month, toDate, shift).Points);
    }

    // Prices are allocated by what was expected when they were agreed, and not again when that changes (IFRS 15.88).
    private long Allocated(Vintage vintage, Month month, IReadOnlyList<CohortMovements> rows, Movements toDate)
    {
        var begun = vintage.Month ?? month;
        var estimate = Estimates.InForce(Issuer, begun)?.Estimate;
        var worth = rows.Sum(r => r.Moved.Granted.Value * (estimate?.PointValue ?? AgreementOf(r).Terms.RedeemPrice)) * Currency.MinorPerUnit;
        if (worth <= 0 || toDate.Granted <= Points.Zero)
            return 0;
        var rate = estimate?.RedemptionRate ?? HistoryAt(begun).Expected(toDate.Granted, Points.Zero, age: null) / toDate.Granted.Value;
        return Revenue.AllocatedToPoints(toDate.Sales, toDate.Sales, worth * rate);
    }

    // Never fewer than were used, and never more than can still be used: what has lapsed can't.
    private (int? Version, Points Points) Expected(Vintage vintage, Month month, Movements toDate, decimal shift)
    {
        var inForce = Estimates.InForce(Issuer, month);
        var points = inForce is { } document
            ? toDate.Granted.Value * document.Estimate.RedemptionRate
            : HistoryAt(month).Expected(toDate.Granted, toDate.Used, vintage.Month is { } begun ? month.Since(begun) : null);
        var whole = new Points((long)decimal.Round(points + (toDate.Granted.Value * shift), 0, MidpointRounding.ToEven));
        return (inForce?.Version, Points.Max(toDate.Used, Points.Min(whole, toDate.Used + toDate.Outstanding)));
    }

    private RedemptionHistory HistoryAt(Month month) =>
        histories.TryGetValue(month, out var known) ? known : histories[month] = RedemptionHistory.Of(Movements, month);

    // What was told without its version was issued under the first one.
    private Agreement AgreementOf(CohortMovements movements) => Agreements[Math.Max(movements.AgreementVersion, 1)];
}
