using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>The rules and whatever they refer to, as they were valid when a purchase was made.</summary>
/// <param name="Programme">The programme.</param>
/// <param name="Offers">The version of each offer in force.</param>
/// <param name="Zone">The store's time zone.</param>
/// <param name="Profile">What is known of the member.</param>
/// <param name="Agreements">The version of each partner's agreement that prices what it funds.</param>
internal sealed record Rules(
    ProgrammeRules Programme, ImmutableArray<Offer> Offers, TimeZoneInfo Zone, MemberProfile Profile, ImmutableDictionary<PartnerId, int> Agreements)
{
    public static readonly Rules None = new(ProgrammeRules.None, [], TimeZoneInfo.Utc, MemberProfile.Unknown, ImmutableDictionary<PartnerId, int>.Empty);

    /// <summary>What all members together have had of offers with a budget.</summary>
    public ImmutableArray<BudgetUse> Budgets { get; init; } = [];

    /// <summary>The issuers that may issue no more than they have paid for.</summary>
    public ImmutableArray<PrepaidPoints> Prepaid { get; init; } = [];

    /// <summary>Whether there is anything that is counted for all accounts together.</summary>
    public bool CountTogether { get; init; }

    /// <summary>What has been counted for all accounts together, where anything is.</summary>
    public SharedCounts Shared { get; init; } = SharedCounts.None;

    /// <summary>Whether nothing but the partner's agreement rates a purchase.</summary>
    public bool AreNone => Programme.Version == 0 && Offers.IsEmpty;

    /// <summary>Offers whose funders all have an agreement that prices their points.</summary>
    public ImmutableArray<Offer> Priced => Offers.All(IsPriced) ? Offers : [.. Offers.Where(IsPriced)];

    public ImmutableArray<Missed> Unpriced =>
        Offers.All(IsPriced) ? [] : [.. Offers.Where(o => !IsPriced(o)).Select(o => new Missed(o.Id, o.Version, "funder-without-agreement"))];

    /// <summary>The same rules with what has been counted so far.</summary>
    public Rules Counting(SharedCounts counts) => this with
    {
        Shared = counts,
        Budgets = [.. Offers.Where(o => o.Budget is not null).Select(o => new BudgetUse(o.Id, new(counts[CounterKey.OfBudget(o.Id)].Points)))],
    };

    /// <summary>Whether the day of a purchase is about the member's celebration.</summary>
    public bool Celebrates(DateTimeOffset at) => Profile.Celebration is { } day && new StoreTime(at, Zone).IsInWeekOf(day);

    private bool IsPriced(Offer offer) => offer.FundedBy.All(share => Agreements.ContainsKey(share.Partner));
}
