using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Liability;

/// <summary>Points that members hold, and what they cost their issuers.</summary>
/// <param name="AsOf">The last day of the last month that is in the figures; null where everything is.</param>
internal sealed record ShownLiability(string? AsOf, IReadOnlyList<OutstandingPoints> Issuers, IReadOnlyList<OutstandingTotal> Totals);

/// <param name="AtFundingPrice">The sum of what its vintages cost, each rounded by itself.</param>
internal sealed record OutstandingPoints(Guid Issuer, string Code, string Currency, long Outstanding, Money AtFundingPrice, IReadOnlyList<OutstandingVintage> Vintages);

/// <param name="Vintage">The month (UTC) in which the points were accrued, such as 2017-03; unknown where the ledger did not keep it yet.</param>
/// <param name="TakenBack">By returns, without what members now owe.</param>
/// <param name="PutBack">By redemptions that were undone.</param>
/// <param name="Repaid">Set off against debts of members.</param>
/// <param name="Adjusted">By operators; below zero where they took points.</param>
/// <param name="Outstanding">issued − takenBack − redeemed + putBack − repaid − expired + adjusted.</param>
internal sealed record OutstandingVintage(
    string Vintage, long Issued, long TakenBack, long Redeemed, long PutBack, long Repaid, long Expired, long Adjusted, long Outstanding, Money AtFundingPrice);

internal sealed record OutstandingTotal(string Currency, long Outstanding, Money AtFundingPrice);
