using System.Collections.Immutable;
using System.Globalization;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>Where something is posted.</summary>
/// <param name="Terminal">The till; null where nobody told.</param>
internal readonly record struct Place(PartnerId Partner, string Store, string? Terminal);

/// <summary>
/// Limits on what is posted in an hour or a day: beyond a hard one a posting is refused, beyond a soft one it is marked. What one card or
/// one member has posted, the account itself knows; terminals, stores and partners are counted for all accounts together.
/// </summary>
internal static class Limits
{
    /// <summary>Why a posting is refused; otherwise the limits it counts towards, null for none.</summary>
    public static Refusal? Judge(
        this ImmutableArray<OfferUse> uses, Rules? rules, LimitedPosting kind, string card, Place place, Points points, DateTimeOffset now,
        out ImmutableArray<LimitCount>? counts)
    {
        counts = null;
        if (rules is null || rules.Programme.Limits.IsEmpty) return null;
        var counted = ImmutableArray.CreateBuilder<LimitCount>();
        foreach (var limit in rules.Programme.Limits)
        {
            if (limit.Of != kind) continue;
            var key = limit.Per switch { LimitedParty.Card => $"{limit.Id}/{card}", LimitedParty.Member => limit.OfMember, _ => limit.KeyOf(place) };
            // Where no terminal is told there is none to limit.
            if (key is null) continue;
            var count = new LimitCount(key, limit.WindowAt(now, rules.Programme.Zone)) { Shared = limit.IsShared() };
            var used = count.Shared ? rules.Shared[CounterKey.Of(count)] : uses.Used(count);
            var beyond = used.Count + 1 > limit.Count || used.Points + points.Value > limit.Points?.Value;
            if (beyond && limit.Hard) return Refusals.LimitReached(limit.Id);
            counted.Add(count with { Beyond = beyond });
        }

        counts = counted.Count == 0 ? null : counted.DrainToImmutable();
        return null;
    }

    public static bool IsShared(this PostingLimit limit) => limit.Per is LimitedParty.Terminal or LimitedParty.Store or LimitedParty.Partner;

    /// <summary>The limit of this very terminal, store or partner; null where no terminal was told.</summary>
    public static string? KeyOf(this PostingLimit limit, Place place) => limit.Per switch
    {
        LimitedParty.Partner => $"{limit.Id}/{place.Partner}",
        LimitedParty.Store => $"{limit.Id}/{place.Partner}/{Uri.EscapeDataString(place.Store)}",
        _ => place.Terminal is null ? null : $"{limit.Id}/{place.Partner}/{Uri.EscapeDataString(place.Store)}/{Uri.EscapeDataString(place.Terminal)}",
    };

    /// <summary>The hour or day of the programme's time zone in which a moment lies.</summary>
    public static string WindowAt(this PostingLimit limit, DateTimeOffset at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        // The hour that a change of clocks repeats is two hours, told apart by their offsets.
        return limit.Window == LimitWindow.Day
            ? local.ToString("'day' yyyy-MM-dd", CultureInfo.InvariantCulture)
            : local.ToUniversalTime().ToString("'hour' yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture);
    }

    /// <summary>The ids of the limits that somebody should look at; null for none.</summary>
    public static IReadOnlyList<string>? Flags(this ImmutableArray<LimitCount>? counts) =>
        counts is { } all && all.Any(c => c.Beyond) ? [.. all.Where(c => c.Beyond).Select(c => c.Id)] : null;

    private static Tally Used(this ImmutableArray<OfferUse> uses, LimitCount count)
    {
        foreach (var use in uses)
        {
            if (use.Offer == count.Limit && use.Window == count.Window) return new(use.Times, use.Points.Value);
        }

        return Tally.Nothing;
    }
}
