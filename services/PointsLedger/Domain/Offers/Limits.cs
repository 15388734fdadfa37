using System.Collections.Immutable;
using System.Globalization;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>Limits on what one card or one member may post in an hour or a day: beyond a hard one a posting is refused, beyond a soft one it is marked.</summary>
internal static class Limits
{
    /// <summary>Why a posting is refused; otherwise the limits it counts towards, null for none.</summary>
    public static Refusal? Judge(
        this ImmutableArray<OfferUse> uses, Rules? rules, LimitedPosting kind, string card, Points points, DateTimeOffset now, out ImmutableArray<LimitCount>? counts)
    {
        counts = null;
        if (rules is null || rules.Programme.Limits.IsEmpty) return null;
        var counted = ImmutableArray.CreateBuilder<LimitCount>();
        foreach (var limit in rules.Programme.Limits.Where(l => l.Of == kind && l.Per is LimitedParty.Card or LimitedParty.Member))
        {
            var (key, window) = (limit.Per == LimitedParty.Card ? $"{limit.Id}/{card}" : limit.Id, limit.WindowAt(now, rules.Programme.Zone));
            var used = uses.FirstOrDefault(u => u.Offer == key && u.Window == window);
            var beyond = used?.Times + 1 > limit.Count || 1 > limit.Count || (used?.Points ?? Points.Zero) + points > limit.Points;
            if (beyond && limit.Hard) return Refusals.LimitReached(limit.Id);
            counted.Add(new(key, window, beyond));
        }

        counts = counted.Count == 0 ? null : counted.ToImmutable();
        return null;
    }

    /// <summary>The hour or day of the programme's time zone in which a moment lies.</summary>
    public static string WindowAt(this PostingLimit limit, DateTimeOffset at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        // The hour that a change of clocks repeats is two hours, told apart by their offsets.
        return limit.Window == LimitWindow.Day
            ? local.ToString("'day' yyyy-MM-dd", CultureInfo.InvariantCulture)
            : local.ToUniversalTime().ToString("'hour' yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture);
    }
}
