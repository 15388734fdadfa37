using System.Collections.Frozen;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>What must hold for an offer to apply, all of it; what is null always holds.</summary>
internal sealed record Conditions
{
    public static readonly Conditions None = new();

    public FrozenSet<PartnerId>? Partners { get; init; }

    public FrozenSet<string>? Stores { get; init; }

    public FrozenSet<string>? Categories { get; init; }

    public FrozenSet<string>? Products { get; init; }

    public FrozenSet<string>? Tenders { get; init; }

    /// <summary>In units of the currency, like <see cref="SpendBelow"/>.</summary>
    public decimal? SpendFrom { get; init; }

    public decimal? SpendBelow { get; init; }

    public FrozenSet<DayOfWeek>? Weekdays { get; init; }

    public Hours? Hours { get; init; }

    public int? RepeatWithinDays { get; init; }

    public Nth? Nth { get; init; }

    public bool NewAtPartner { get; init; }

    public Visited? Visited { get; init; }

    public bool CelebrationWeek { get; init; }

    public FrozenSet<string>? Privileges { get; init; }

    public FrozenSet<string>? Tiers { get; init; }

    public FrozenSet<string>? Segments { get; init; }

    public FrozenSet<MemberId>? Members { get; init; }

    public string? PromoCode { get; init; }

    /// <summary>Whether only some lines of a receipt count.</summary>
    public bool SelectsLines => Categories is not null || Products is not null;

    /// <summary>Whether the member is told at all. Other partners' offers, other members' and secret codes are nobody's business.</summary>
    public bool Concern(Occasion occasion) =>
        Partners?.Contains(occasion.Partner) != false &&
        Members?.Contains(occasion.Member) != false &&
        (PromoCode is null || occasion.Receipt.PromoCodes.Contains(PromoCode, StringComparer.OrdinalIgnoreCase));

    public bool Select(ReceiptLine line) => Holds(Categories, line.Category) && Holds(Products, line.Product);

    /// <summary>The code of the first condition that fails, of all that don't depend on what counts; null when they hold.</summary>
    public string? Failing(Occasion occasion, StoreTime time) =>
        !Holds(Stores, occasion.Store) ? "wrong-store" :
        !Holds(Tenders, occasion.Receipt.Tender) ? "wrong-tender" :
        Weekdays?.Contains(time.Clock.DayOfWeek) == false ? "wrong-weekday" :
        Hours?.Contain(TimeOnly.FromDateTime(time.Clock)) == false ? "wrong-hour" :
        RepeatWithinDays is { } days && !occasion.RepeatsWithin(TimeSpan.FromDays(days)) ? "no-recent-purchase" :
        Nth?.Is(occasion.PurchasesBefore + 1) == false ? "not-the-nth-purchase" :
        NewAtPartner && occasion.PurchasesBefore > 0 ? "not-new-at-partner" :
        Visited is { } visited && occasion.PartnersWithin(TimeSpan.FromDays(visited.WithinDays)) < visited.Partners ? "too-few-partners" :
        CelebrationWeek && !(occasion.Profile.Celebration is { } day && time.IsInWeekOf(day)) ? "not-celebration-week" :
        !Holds(Privileges, occasion.Profile.Privilege) ? "not-privileged" :
        !Holds(Tiers, occasion.Tier) ? "not-in-tier" :
        Segments is not null && !occasion.Profile.Segments.Any(Segments.Contains) ? "not-in-segment" : null;

    /// <summary>The code of the first condition that what counts doesn't meet.</summary>
    public string? Failing(decimal eligible) =>
        eligible < SpendFrom ? "below-spend" :
        eligible >= SpendBelow ? "above-spend" : null;

    private static bool Holds(FrozenSet<string>? any, string? value) => any is null || (value is not null && any.Contains(value));
}

/// <summary>A time of day, half-open; past midnight where <paramref name="Until"/> isn't after <paramref name="From"/>.</summary>
internal sealed record Hours(TimeOnly From, TimeOnly Until)
{
    public bool Contain(TimeOnly time) => From < Until ? time >= From && time < Until : time >= From || time < Until;
}

/// <summary>A place in the row of purchases at one partner, from 1.</summary>
/// <param name="Every">Whether every nth counts, rather than the nth alone.</param>
internal sealed record Nth(int N, bool Every)
{
    public bool Is(int purchase) => Every ? purchase % N == 0 : purchase == N;
}

/// <summary>Visits to so many different partners within so many times 24 hours.</summary>
internal sealed record Visited(int Partners, int WithinDays);
