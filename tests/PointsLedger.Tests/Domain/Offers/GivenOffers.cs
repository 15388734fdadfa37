using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Shouldly;
using static Loyalty.PointsLedger.Tests.Domain.Given;

namespace Loyalty.PointsLedger.Tests.Domain.Offers;

/// <summary>Short words for offers, for purchases in a shop in Vienna, and for what these earn. A point per euro unless said otherwise.</summary>
internal static class GivenOffers
{
    public static readonly TimeZoneInfo Vienna = TimeZoneInfo.FindSystemTimeZoneById("Europe/Vienna");
    public static readonly MemberId AnnaHerself = new(AnnasAccount.Value);
    public static readonly BaseRate PointPerEuro = new(1m, 1m);

    // 2026-11-21 is a Saturday.
    public static readonly DateTimeOffset Saturday = At("2026-11-21T12:00:00+01:00");

    public static readonly Offer Plain = new(
        "plain", 1, "Plain", At("2000-01-01T00:00:00Z"), Withdrawn: false, OfferKind.Bonus, null, null, 10, null, Conditions.None,
        new Grant.Fixed(P(5)), [], null, [], null, null);

    public static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);

    public static Offer Bonus(string id, long points, int priority = 10) => Plain with { Id = id, Give = new Grant.Fixed(P(points)), Priority = priority };

    public static Offer Times(string id, decimal by) => Plain with { Id = id, Give = new Grant.Multiplied(by) };

    public static Offer Rate(string id, decimal perUnit, int priority = 10) =>
        Plain with { Id = id, Kind = OfferKind.Base, Give = new Grant.PerUnit(perUnit), Priority = priority };

    public static Offer If(this Offer offer, Func<Conditions, Conditions> when) => offer with { When = when(offer.When) };

    public static Offer On(this Offer offer, params string[] categories) => offer.If(w => w with { Categories = Set(categories) });

    public static FrozenSet<T> Set<T>(params T[] values) => values.ToFrozenSet();

    public static Occasion Buying(decimal amount, DateTimeOffset? at = null) =>
        new(Grocery, Store, Vienna, at ?? Saturday, Eur(amount), Receipt.Plain, AnnaHerself, MemberProfile.Unknown, null, [], []);

    public static Occasion Buying(params (string Category, decimal Amount)[] lines) => Buying(lines.Sum(l => l.Amount)) with
    {
        Receipt = new([.. lines.Select((l, i) => new ReceiptLine($"product-{i}", l.Category, Eur(l.Amount)))], null, null, []),
    };

    public static Occasion After(this Occasion occasion, PartnerId partner, params DateTimeOffset[] purchases) => occasion with
    {
        Visits = occasion.Visits.Add(new(partner, purchases.Length, [.. purchases.Select((at, i) => new Visit(i + 1, at))])),
    };

    public static Appraised With(this Occasion occasion, params Offer[] offers) => occasion.At(PointPerEuro, offers);

    public static Appraised At(this Occasion occasion, BaseRate rate, params Offer[] offers) =>
        Appraisal.Appraise(occasion, rate, [.. offers], Rounding.Down, 0m).ShouldNotBeNull();

    /// <summary>What the offers granted, by id; an offer that isn't there granted nothing.</summary>
    public static ImmutableSortedDictionary<string, long> Granted(this Appraised appraised) =>
        appraised.Grants.ToImmutableSortedDictionary(g => g.Id, g => g.Points.Value);

    public static void ShouldGrant(this Appraised appraised, params (string Id, long Points)[] grants) =>
        appraised.Grants.Select(g => (g.Id, g.Points.Value)).ShouldBe(grants);

    public static void ShouldMiss(this Appraised appraised, string reason)
    {
        appraised.Grants.ShouldBeEmpty();
        appraised.Missed.ShouldHaveSingleItem().Reason.ShouldBe(reason);
    }

    /// <summary>Neither granted nor explained.</summary>
    public static void ShouldBeSilent(this Appraised appraised) => (appraised.Grants.Length, appraised.Missed.Length).ShouldBe((0, 0));
}
