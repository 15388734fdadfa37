using Loyalty.CoalitionPartners.Domain.Liability;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Liability;

/// <summary>The points of one issuer and vintage, and the revenue from them.</summary>
/// <param name="Vintage">The month (UTC) in which the points were accrued, such as 2017-03; unknown where the ledger did not keep it yet.</param>
/// <param name="Granted">Points issued, less what was taken back, as operators have corrected it.</param>
/// <param name="Redeemed">Points used so far: spent, or set off against debts.</param>
/// <param name="Expired">Points that have lapsed.</param>
/// <param name="Outstanding">Points that members hold.</param>
/// <param name="AtFundingPrice">What these cost their issuer.</param>
/// <param name="Sales">What the purchases came to, less returns.</param>
/// <param name="Allocated">Which part of the sales is for the points.</param>
/// <param name="EstimateVersion">The version of the estimates that says what to expect; null where history does.</param>
/// <param name="Expected">How many points are expected to have been redeemed in the end.</param>
/// <param name="Recognised">How much of what was allocated has been revenue so far.</param>
/// <param name="RecognisedInPeriod">How much of it became revenue in this month; below zero where an expectation, or a return, took some back.</param>
/// <param name="ContractLiability">What was allocated and is not revenue yet.</param>
internal sealed record ShownCohort(
    Guid Issuer, string Code, string Vintage, string Currency, long Granted, long Redeemed, long Expired, long Outstanding, Money AtFundingPrice, Money Sales,
    Money Allocated, int? EstimateVersion, long Expected, Money Recognised, Money RecognisedInPeriod, Money ContractLiability)
{
    public static ShownCohort Of(CohortFigures c, IReadOnlyDictionary<PartnerId, PartnerName> names) => new(
        c.Issuer.Value, names[c.Issuer].Code, c.Vintage.ToString(), c.Currency.Code, c.ToDate.Granted.Value, c.ToDate.Used.Value, c.ToDate.Expired.Value,
        c.ToDate.Outstanding.Value, new(c.AtFundingPrice, c.Currency), new(c.ToDate.Sales, c.Currency), new(c.Allocated, c.Currency), c.EstimateVersion,
        c.Expected.Value, new(c.Recognised, c.Currency), new(c.RecognisedInPeriod, c.Currency), new(c.ContractLiability, c.Currency));
}

/// <summary>Cohorts added up; each of them was rounded by itself, so that they come to this to the minor unit.</summary>
internal sealed record ShownTotal(
    string Currency, long Granted, long Redeemed, long Expired, long Outstanding, Money AtFundingPrice, Money Sales, Money Allocated, long Expected,
    Money Recognised, Money RecognisedInPeriod, Money ContractLiability)
{
    /// <summary>One for each currency.</summary>
    public static IReadOnlyList<ShownTotal> Of(IEnumerable<CohortFigures> cohorts) =>
    [
        .. cohorts.GroupBy(c => c.Currency).OrderBy(c => c.Key.Code, StringComparer.Ordinal).Select(c => new ShownTotal(
            c.Key.Code, c.Sum(f => f.ToDate.Granted).Value, c.Sum(f => f.ToDate.Used).Value, c.Sum(f => f.ToDate.Expired).Value, c.Sum(f => f.ToDate.Outstanding).Value,
            Total(c, f => f.AtFundingPrice), Total(c, f => f.ToDate.Sales), Total(c, f => f.Allocated), c.Sum(f => f.Expected).Value,
            Total(c, f => f.Recognised), Total(c, f => f.RecognisedInPeriod), Total(c, f => f.ContractLiability))),
    ];

    private static Money Total(IGrouping<Currency, CohortFigures> cohorts, Func<CohortFigures, long> minor) => new(cohorts.Sum(minor), cohorts.Key);
}

/// <summary>What was posted to a month though it had happened before, in one that was closed by then.</summary>
/// <param name="Origin">The month in which it happened.</param>
internal sealed record ShownLate(
    Guid Issuer, string Code, string Vintage, string Origin, long Issued, long TakenBack, long Redeemed, long PutBack, long Repaid, long Expired, long Adjusted)
{
    public static ShownLate Of(LateMovements l, IReadOnlyDictionary<PartnerId, PartnerName> names) => new(
        l.Issuer.Value, names[l.Issuer].Code, l.Vintage.ToString(), l.Origin.ToString(), l.Moved.Issued.Value, l.Moved.TakenBack.Value, l.Moved.Redeemed.Value,
        l.Moved.PutBack.Value, l.Moved.Repaid.Value, l.Moved.Expired.Value, l.Moved.Adjusted.Value);
}

/// <summary>Revenue from points in a month.</summary>
/// <param name="Closed">Whether the books of the month are closed, so that nothing moves any more.</param>
internal sealed record ShownRevenue(string Period, bool Closed, IReadOnlyList<ShownCohort> Cohorts, IReadOnlyList<ShownTotal> Totals);
