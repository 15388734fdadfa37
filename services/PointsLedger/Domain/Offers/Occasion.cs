using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>A purchase and everything that rules may look at.</summary>
/// <param name="Zone">The store's time zone, in which days and hours are meant.</param>
/// <param name="At">When it was made, however late it comes in.</param>
/// <param name="Visits">The member's other purchases, at this partner and elsewhere.</param>
/// <param name="Uses">What the member has had of offers with caps.</param>
internal sealed record Occasion(
    PartnerId Partner, string Store, TimeZoneInfo Zone, DateTimeOffset At, Money Amount, Receipt Receipt,
    MemberId Member, MemberProfile Profile, string? Tier, ImmutableArray<PartnerVisits> Visits, ImmutableArray<OfferUse> Uses)
{
    /// <summary>What all members together have had of offers with a budget, as far as the ledger knows by now.</summary>
    public ImmutableArray<BudgetUse> Budgets { get; init; } = [];

    /// <summary>
    /// Those that came in before, whenever they were made: they have their places and their awards, so each place in the row is given once.
    /// </summary>
    public int PurchasesBefore => Here?.Count ?? 0;

    private PartnerVisits? Here => Visits.FirstOrDefault(v => v.Partner == Partner);

    /// <summary>Exactly so long ago still counts. A late receipt looks back from its own time.</summary>
    public bool RepeatsWithin(TimeSpan time) => Here?.Before(At) is { } before && At - before.At <= time;

    /// <summary>How many partners the member has visited up to this purchase, this one's included.</summary>
    public int PartnersWithin(TimeSpan time) =>
        1 + Visits.Count(v => v.Partner != Partner && v.Recent.Any(visit => visit.At <= At && At - visit.At <= time));

    public OfferUse? Use(string offer, string window) => Uses.FirstOrDefault(use => use.Offer == offer && use.Window == window);

    public Points Spent(string offer) => Budgets.FirstOrDefault(use => use.Offer == offer)?.Points ?? Points.Zero;
}

/// <summary>What all members together have had of an offer.</summary>
internal sealed record BudgetUse(string Offer, Points Points);

/// <summary>What rates a purchase where no offer does.</summary>
/// <param name="PointsPerUnit">Points per whole unit of the currency, by the partner's agreement.</param>
/// <param name="TierMultiplier">Base points are multiplied by this; 1 for no such benefit.</param>
internal sealed record BaseRate(decimal PointsPerUnit, decimal TierMultiplier);
