using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>How purchases add to what rules remember of a member.</summary>
internal static class Standing
{
    private const int KeptDays = 9;
    private const int KeptWindows = 2;

    public static ImmutableArray<PartnerVisits> Add(this ImmutableArray<PartnerVisits> all, PartnerId partner, Visit visit)
    {
        for (var i = 0; i < all.Length; i++)
        {
            if (all[i].Partner == partner) return all.SetItem(i, all[i].Add(visit));
        }

        return all.Add(new(partner, 1, [visit]));
    }

    public static ImmutableArray<PartnerVisits> Remove(this ImmutableArray<PartnerVisits> all, PartnerId partner, int purchase) =>
        [.. all.Select(v => v.Partner == partner ? v.Remove(purchase) : v).Where(v => v.Count > 0)];

    public static ImmutableArray<OfferUse> Count(this ImmutableArray<OfferUse> uses, ImmutableArray<Award>? awards)
    {
        if (awards is not { } all) return uses;
        for (var i = 0; i < all.Length; i++)
        {
            // The parts of an offer's funders stand side by side, and are one use of it.
            if (all[i].Windows is not { } windows || (i > 0 && all[i - 1].Offer == all[i].Offer)) continue;
            var points = Points.Zero;
            for (var part = i; part < all.Length && all[part].Offer == all[i].Offer; part++) points += all[part].Points;
            foreach (var window in windows) uses = uses.Add(all[i].Offer, window, 1, points);
        }

        return uses;
    }

    public static ImmutableArray<OfferUse> Count(this ImmutableArray<OfferUse> uses, ImmutableArray<LimitCount>? limits, Points points)
    {
        if (limits is not { } all) return uses;
        foreach (var limit in all)
        {
            if (!limit.Shared) uses = uses.Add(limit.Limit, limit.Window, 1, points);
        }

        return uses;
    }

    /// <summary>Gives back what awards had used, once nothing of their purchase is left.</summary>
    public static ImmutableArray<OfferUse> Uncount(this ImmutableArray<OfferUse> uses, ImmutableArray<TakenAward>? awards)
    {
        foreach (var offer in (awards ?? []).Where(a => a.Windows is not null).GroupBy(a => a.Offer))
        {
            foreach (var window in offer.First().Windows!.Value.Where(w => uses.Any(u => u.Offer == offer.Key && u.Window == w)))
                uses = uses.Add(offer.Key, window, -1, -offer.Sum(a => a.Points));
        }

        return uses;
    }

    private static ImmutableArray<OfferUse> Add(this ImmutableArray<OfferUse> uses, string offer, string window, int times, Points points)
    {
        for (var i = 0; i < uses.Length; i++)
        {
            if (uses[i].Offer == offer && uses[i].Window == window)
                return uses.SetItem(i, uses[i] with { Times = uses[i].Times + times, Points = Points.Max(Points.Zero, uses[i].Points + points) });
        }

        return uses.Add(new(offer, window, times, points)).WithoutPast(offer, KindOf(window));
    }

    // A receipt may come late by days, so windows that are over are remembered for a while.
    private static ImmutableArray<OfferUse> WithoutPast(this ImmutableArray<OfferUse> uses, string offer, string kind)
    {
        var windows = uses.Where(u => u.Offer == offer && KindOf(u.Window) == kind).ToList();
        return windows.Count <= (kind == "day" ? KeptDays : KeptWindows) ? uses : uses.Remove(windows.MinBy(u => u.Window, StringComparer.Ordinal)!);
    }

    private static string KindOf(string window) => window.Split(' ')[0];
}
