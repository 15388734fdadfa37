using System.Text.Json.Serialization;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Liability;

/// <summary>
/// Where the points of one issuer and vintage stand at the end of a month, and what of their price is revenue. It is a part of
/// <see cref="LiabilityPeriodClosed"/>, and its members are storage format. Amounts are in minor units.
/// </summary>
/// <param name="Moved">What happened in the month's books.</param>
/// <param name="ToDate">What has happened in all.</param>
/// <param name="AtFundingPrice">What the outstanding points cost their issuer, each by the version of its agreement that priced it.</param>
/// <param name="Allocated">Which part of the sales is for the points.</param>
/// <param name="EstimateVersion">Which version of the estimates the expectation is from; null where it is from history.</param>
/// <param name="Expected">How many points are expected to have been redeemed in the end.</param>
/// <param name="Recognised">How much of what was allocated has been revenue so far.</param>
/// <param name="RecognisedBefore">How much of it had been revenue by the end of the month before.</param>
internal sealed record CohortFigures(
    PartnerId Issuer, Vintage Vintage, Currency Currency, Movements Moved, Movements ToDate, long AtFundingPrice, long Allocated,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? EstimateVersion, Points Expected, long Recognised, long RecognisedBefore)
{
    [JsonIgnore]
    public long RecognisedInPeriod => Recognised - RecognisedBefore;

    /// <summary>What was allocated and is not revenue yet.</summary>
    [JsonIgnore]
    public long ContractLiability => Allocated - Recognised;
}

/// <summary>What was posted to a month though it had happened in an earlier one, which was closed by then.</summary>
internal sealed record LateMovements(PartnerId Issuer, Vintage Vintage, Month Origin, Movements Moved);
