using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;

namespace Loyalty.PointsLedger.Domain;

/// <summary>Where points come from: enough to bring a lot back to life after it was drained.</summary>
/// <param name="Lot">The lot's number within its account.</param>
/// <param name="Issuer">The partner that funds the points.</param>
/// <param name="Purchase">The id of the purchase that earned them, given by the partner that sold.</param>
/// <param name="AgreementVersion">The issuer's agreement that rated the purchase, or prices the award.</param>
/// <param name="Accrued">How many points the lot began with.</param>
/// <param name="ExpiresAt">From this instant on they are worth nothing; null for never.</param>
internal sealed record Provenance(int Lot, PartnerId Issuer, TransactionId Purchase, int AgreementVersion, Points Accrued, DateTimeOffset? ExpiresAt)
{
    /// <summary>From this instant on they can be spent; null for at once.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ActivatesAt { get; init; }

    /// <summary>Every activity of the member puts the expiry off until so many months later; 0 for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int SlidesBy { get; init; }

    /// <summary>The offer that granted them and its version, <c>double-monday@3</c>; null for points of the agreement.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Offer { get; init; }

    /// <summary>When they were earned; null for lots that were filled before it was kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? AccruedAt { get; init; }

    public static Provenance Of(PointsAccrued e) => new(e.Lot, e.Transaction.Partner, e.Transaction.Id, e.Terms.AgreementVersion, e.Points, e.ExpiresAt)
    {
        ActivatesAt = e.ActivatesAt,
        SlidesBy = e.SlidesBy,
        AccruedAt = e.Transaction.OccurredAt,
    };

    public static Provenance Of(PointsAccrued e, Award award) =>
        new(award.Lot, award.Issuer, e.Transaction.Id, award.AgreementVersion, award.Points, award.ExpiresAt)
        {
            ActivatesAt = award.ActivatesAt,
            SlidesBy = award.SlidesBy,
            Offer = string.Create(CultureInfo.InvariantCulture, $"{award.Offer}@{award.Version}"),
            AccruedAt = e.Transaction.OccurredAt,
        };
}

/// <summary>Points used, set aside or put back, and whose they are.</summary>
internal sealed record Draw(Provenance From, Points Points);

/// <summary>Points of one origin that are still there.</summary>
/// <param name="From">Where they come from.</param>
/// <param name="Remaining">How many there are, those set aside included.</param>
/// <param name="Reserved">How many of them are set aside.</param>
internal sealed record Lot(Provenance From, Points Remaining, Points Reserved)
{
    /// <summary>Whether their activation has not been written down yet; whether they can be spent, only the time tells.</summary>
    public bool Pending { get; init; }

    public Points Free() => Remaining - Reserved;

    /// <summary>Half-open at both ends: at the very instant of activation the points are there, at that of expiry they are gone.</summary>
    public bool LivesAt(DateTimeOffset at) => !PendsAt(at) && !HasLapsedAt(at);

    public bool PendsAt(DateTimeOffset at) => Pending && at < From.ActivatesAt;

    public bool HasLapsedAt(DateTimeOffset at) => at >= From.ExpiresAt;
}

/// <summary>By a sign of life, points that slide by so many months lapse at this instant, unless they last longer anyway.</summary>
internal sealed record SlidExpiry(int By, DateTimeOffset To);

/// <summary>What can happen to the lots of an account, which are kept in the order of their numbers.</summary>
internal static class Lots
{
    public static Lot? Numbered(this ImmutableArray<Lot> lots, int number) => lots.FirstOrDefault(lot => lot.From.Lot == number);

    public static ImmutableArray<Lot> Add(this ImmutableArray<Lot> lots, PointsAccrued e)
    {
        if (e.Awards is not { } awards) return lots.Add(Provenance.Of(e));
        var all = ImmutableArray.CreateBuilder<Lot>(lots.Length + 1 + awards.Length);
        all.AddRange(lots);
        if (e.Points > Points.Zero) all.Add(Of(Provenance.Of(e)));
        foreach (var award in awards)
        {
            if (award.Points > Points.Zero) all.Add(Of(Provenance.Of(e, award)));
        }

        return all.DrainToImmutable();
    }

    public static ImmutableArray<Lot> Add(this ImmutableArray<Lot> lots, Provenance from) =>
        from.Accrued == Points.Zero ? lots : lots.Add(Of(from));

    /// <summary>The earliest expiry first, lots that never expire last, and the older lot first among equals; null when it isn't enough.</summary>
    public static ImmutableArray<Draw>? Draw(this ImmutableArray<Lot> lots, Points points, DateTimeOffset at)
    {
        var drawable = lots
            .Where(lot => lot.LivesAt(at) && lot.Free() > Points.Zero)
            .OrderBy(lot => lot.From.ExpiresAt ?? DateTimeOffset.MaxValue)
            .ThenBy(lot => lot.From.Lot)
            .Select(lot => new Draw(lot.From, lot.Free()));
        var draws = drawable.First(points);
        return draws.Sum(d => d.Points) == points ? draws : null;
    }

    public static ImmutableArray<Lot> Reserve(this ImmutableArray<Lot> lots, ImmutableArray<Draw> draws) => lots.Move(draws, remaining: 0, reserved: +1);

    public static ImmutableArray<Lot> Release(this ImmutableArray<Lot> lots, ImmutableArray<Draw> draws) => lots.Move(draws, remaining: 0, reserved: -1);

    public static ImmutableArray<Lot> Capture(this ImmutableArray<Lot> lots, ImmutableArray<Draw> draws) => lots.Move(draws, remaining: -1, reserved: -1);

    public static ImmutableArray<Lot> Spend(this ImmutableArray<Lot> lots, ImmutableArray<Draw> draws) => lots.Move(draws, remaining: -1, reserved: 0);

    public static ImmutableArray<Lot> PutBack(this ImmutableArray<Lot> lots, ImmutableArray<Draw> draws) => lots.Move(draws, remaining: +1, reserved: 0);

    public static ImmutableArray<Lot> TakeBack(this ImmutableArray<Lot> lots, int number, Points points) =>
        points == Points.Zero ? lots : lots.Spend([new Draw(lots.Numbered(number)!.From, points)]);

    public static ImmutableArray<Lot> Activate(this ImmutableArray<Lot> lots, ImmutableArray<Draw> draws) =>
        [.. lots.Select(lot => draws.Any(d => d.From.Lot == lot.From.Lot) ? lot with { Pending = false } : lot)];

    private static Lot Of(Provenance from) => new(from, from.Accrued, Points.Zero) { Pending = from.ActivatesAt is not null };

    /// <summary>Until when a sign of life puts off the expiry of the lots that wait for none; null where there are no such lots.</summary>
    /// <param name="zone">The programme's, in which months are counted.</param>
    public static ImmutableArray<SlidExpiry>? SlidBy(this ImmutableArray<Lot> lots, DateTimeOffset activity, TimeZoneInfo zone)
    {
        ImmutableArray<SlidExpiry>? slid = null;
        foreach (var lot in lots)
        {
            var by = lot.From.SlidesBy;
            if (by == 0 || slid.To(by) is not null) continue;
            slid = (slid ?? []).Add(new(by, new Expiry(ExpiryKind.Activity, by).From(activity, zone)!.Value));
        }

        return slid;
    }

    /// <summary>A sign of life puts off the expiry of the lots that wait for none. What has lapsed already stays so.</summary>
    public static ImmutableArray<Lot> Slide(this ImmutableArray<Lot> lots, Transaction activity, ImmutableArray<SlidExpiry>? slid)
    {
        for (var i = 0; i < lots.Length; i++)
        {
            var origin = lots[i].From;
            if (origin.SlidesBy == 0 || lots[i].HasLapsedAt(activity.RecordedAt)) continue;
            // Facts of old don't say until when: months were counted in UTC then.
            var until = slid.To(origin.SlidesBy) ?? activity.OccurredAt.AddMonths(origin.SlidesBy);
            if (origin.ExpiresAt < until) lots = lots.SetItem(i, lots[i] with { From = origin with { ExpiresAt = until } });
        }

        return lots;
    }

    /// <summary>How much of the points that just came free goes towards a debt.</summary>
    public static ImmutableArray<Draw> Repay(this ImmutableArray<Lot> lots, ImmutableArray<Draw> freed, Points debt, DateTimeOffset at) => freed
        .Where(draw => lots.Numbered(draw.From.Lot)?.LivesAt(at) == true)
        .First(debt);

    /// <summary>The first of these draws that make up so many points; fewer when there aren't as many.</summary>
    public static ImmutableArray<Draw> First(this IEnumerable<Draw> draws, Points points)
    {
        var taken = ImmutableArray.CreateBuilder<Draw>();
        foreach (var draw in draws)
        {
            var part = Points.Min(draw.Points, points);
            if (part > Points.Zero) taken.Add(draw with { Points = part });
            points -= part;
            if (points == Points.Zero) break;
        }

        return taken.ToImmutable();
    }

    /// <summary>What is left of these draws when others have been taken out of them.</summary>
    public static ImmutableArray<Draw> Except(this ImmutableArray<Draw> draws, ImmutableArray<Draw> taken) =>
    [
        .. draws
            .Select(draw => draw with { Points = draw.Points - taken.Where(t => t.From.Lot == draw.From.Lot).Sum(t => t.Points) })
            .Where(draw => draw.Points > Points.Zero),
    ];

    private static ImmutableArray<Lot> Move(this ImmutableArray<Lot> lots, ImmutableArray<Draw> draws, int remaining, int reserved)
    {
        foreach (var draw in draws)
        {
            var at = lots.BinarySearch(draw.From.Lot);
            var lot = at >= 0 ? lots[at] : new Lot(draw.From, Points.Zero, Points.Zero);
            var moved = lot with
            {
                Remaining = lot.Remaining + new Points(remaining * draw.Points.Value),
                Reserved = lot.Reserved + new Points(reserved * draw.Points.Value),
            };
            lots = moved.Remaining == Points.Zero ? lots.RemoveAt(at) : at >= 0 ? lots.SetItem(at, moved) : lots.Insert(~at, moved);
        }

        return lots;
    }

    private static DateTimeOffset? To(this ImmutableArray<SlidExpiry>? slid, int by)
    {
        foreach (var expiry in slid ?? [])
        {
            if (expiry.By == by) return expiry.To;
        }

        return null;
    }

    private static int BinarySearch(this ImmutableArray<Lot> lots, int number)
    {
        var (low, high) = (0, lots.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (lots[middle].From.Lot == number) return middle;
            if (lots[middle].From.Lot < number) low = middle + 1;
            else high = middle - 1;
        }

        return ~low;
    }
}
