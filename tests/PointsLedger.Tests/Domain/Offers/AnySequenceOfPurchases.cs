using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.Offers.GivenOffers;

namespace Loyalty.PointsLedger.Tests.Domain.Offers;

/// <summary>
/// What must hold whatever is bought under whatever offers. Numbers spell both: the first few of a sequence an offer each, the others a purchase each.
/// </summary>
public class AnySequenceOfPurchases
{
    private static readonly Arbitrary<int[]> Sequences = Arb.From(Gen.Choose(0, 999_999_999).ArrayOf(), Shorter);
    private static readonly string[] Categories = ["bread", "wine", "soap"];

    [Theory]
    [InlineData(nameof(Rounding.Down))]
    [InlineData(nameof(Rounding.HalfEven))]
    public void grants_what_is_due_exactly_but_for_a_fraction_that_it_carries(string rounding) => Check(numbers =>
    {
        var (offers, purchases) = Spelled(numbers, capped: false);
        var (due, granted, carried) = (0m, Points.Zero, 0m);
        foreach (var purchase in purchases)
        {
            var appraised = Appraisal.Appraise(purchase, Rate, offers, Enum.Parse<Rounding>(rounding), carried).ShouldNotBeNull();
            due += Due(purchase, offers);
            granted += appraised.Base + appraised.Grants.Sum(g => g.Points);
            carried += appraised.Fraction;
            due.ShouldBe(granted.Value + carried);
            if (rounding == nameof(Rounding.Down)) carried.ShouldBeInRange(0, 0.999999999999m);
            else carried.ShouldBeInRange(-0.5m, 0.5m);
        }
    });

    [Fact]
    public void gives_the_same_answer_in_whatever_order_offers_are_listed() => Check(numbers =>
    {
        var (offers, purchases) = Spelled(numbers, capped: true);
        foreach (var purchase in purchases)
        {
            var written = Written(purchase, offers);
            Written(purchase, offers).ShouldBe(written);
            Written(purchase, [.. offers.Reverse()]).ShouldBe(written);
            Written(purchase, [.. offers.Skip(2), .. offers.Take(2)]).ShouldBe(written);
        }
    });

    [Fact]
    public void explains_every_offer_in_question_exactly_once() => Check(numbers =>
    {
        var (offers, purchases) = Spelled(numbers, capped: true);
        foreach (var appraised in purchases.Select(p => Appraise(p, offers)))
        {
            var explained = appraised.Grants.Where(g => g.Offer is not null).Select(g => g.Id).Concat(appraised.Missed.Select(m => m.Offer));
            explained.Order(StringComparer.Ordinal).ShouldBe(offers.Select(o => o.Id).Order(StringComparer.Ordinal));
        }
    });

    [Fact]
    public void rates_every_cent_by_exactly_one_base() => Check(numbers =>
    {
        var (offers, purchases) = Spelled(numbers, capped: true);
        foreach (var purchase in purchases)
        {
            var appraised = Appraise(purchase, offers);
            var bases = appraised.Grants.Where(g => g.Offer?.Kind == OfferKind.Base).ToList();
            bases.Aggregate(appraised.BaseEligible, (sum, g) => sum + g.Eligible).ShouldBe(purchase.Amount);
            var lines = bases.Select(g => g.Lines).Append(appraised.BaseLines).SelectMany(l => l ?? [.. Enumerable.Range(0, purchase.Receipt.Lines.Length)]);
            lines.Order().ShouldBe(Enumerable.Range(0, purchase.Receipt.Lines.Length));
        }
    });

    [Fact]
    public void never_grants_more_than_the_caps_leave() => Check(numbers =>
    {
        var (offers, purchases) = Spelled(numbers, capped: true);
        foreach (var grant in purchases.SelectMany(p => Appraise(p, offers).Grants).Where(g => g.Offer is not null))
            foreach (var cap in grant.Offer!.Caps) (grant.Points <= cap.Points).ShouldBeTrue();
    });

    private static readonly BaseRate Rate = new(0.75m, 1.25m);

    /// <summary>Line by line and without any rounding: what the programme promises in words.</summary>
    private static decimal Due(Occasion purchase, ImmutableArray<Offer> offers)
    {
        var lines = purchase.Receipt.Lines.Select(l => (l.Category, l.Amount.Amount)).DefaultIfEmpty((Category: null, purchase.Amount.Amount)).ToList();
        var ordered = offers.OrderBy(o => o.Priority).ThenBy(o => o.Id, StringComparer.Ordinal).ToList();
        var points = lines.ConvertAll(line =>
            line.Amount * (ordered.FirstOrDefault(o => o.Kind == OfferKind.Base && Counts(o, line.Category))?.Give is Grant.PerUnit rate ? rate.Points : Rate.PointsPerUnit));
        return points.Sum() * Rate.TierMultiplier + ordered.Where(o => o.Kind == OfferKind.Bonus).Sum(bonus =>
        {
            var counting = Enumerable.Range(0, lines.Count).Where(i => Counts(bonus, lines[i].Category)).ToList();
            return counting.Count == 0 ? 0 : bonus.Give switch
            {
                Grant.PerUnit g => counting.Sum(i => lines[i].Amount) * g.Points,
                Grant.Multiplied g => counting.Sum(i => points[i]) * (g.By - 1),
                Grant.Fixed g => g.Points.Value,
                _ => 0,
            };
        });
    }

    private static bool Counts(Offer offer, string? category) => offer.When.Categories is not { } some || (category is not null && some.Contains(category));

    private static (ImmutableArray<Offer> Offers, ImmutableArray<Occasion> Purchases) Spelled(int[] numbers, bool capped)
    {
        var offers = Math.Min(6, numbers.Length / 2);
        return ([.. numbers.Take(offers).Select((n, i) => Offer(n, $"o{i}", capped))], [.. numbers.Skip(offers).Select(Purchase)]);
    }

    private static Offer Offer(int n, string id, bool capped)
    {
        var percent = n / 1000 % 500;
        var offer = Plain with
        {
            Id = id,
            Kind = n % 3 == 0 ? OfferKind.Base : OfferKind.Bonus,
            Priority = n % 4,
            Give = n % 3 == 0 || n % 5 < 2 ? new Grant.PerUnit(percent / 100m) : n % 5 < 4 ? new Grant.Multiplied(1 + (percent / 100m)) : new Grant.Fixed(P(percent)),
        };
        if (n / 7 % 3 > 0) offer = offer.On([.. Categories.Take(1 + (n / 11 % 2)).Select((_, i) => Categories[(i + (n / 13)) % 3])]);
        return !capped ? offer : offer with
        {
            Group = n / 17 % 3 == 0 ? "g" : null,
            Caps = n / 19 % 2 == 0 ? [new Cap(CapWindow.Receipt, null, P(1 + (percent / 10)))] : [],
        };
    }

    private static Occasion Purchase(int n) => n % 4 == 0
        ? Buying(n / 100 % 10_000 / 100m)
        : Buying([.. Enumerable.Range(0, n % 4).Select(i => (Categories[(n / (10 + i)) % 3], ((n / (100 + i)) % 5_000) / 100m))]);

    private static Appraised Appraise(Occasion purchase, ImmutableArray<Offer> offers) =>
        Appraisal.Appraise(purchase, Rate, offers, Rounding.Down, 0.4m).ShouldNotBeNull();

    private static string Written(Occasion purchase, ImmutableArray<Offer> offers)
    {
        var a = Appraise(purchase, offers);
        var grants = a.Grants.Select(g => $"{g.Id} {g.Points} of {g.Eligible} on {string.Join(',', g.Lines ?? [])}");
        return $"{a.Base} {a.BaseEligible} {a.Fraction}\n{string.Join('\n', grants)}\n{string.Join('\n', a.Missed)}";
    }

    private static void Check(Action<int[]> property) => Prop
        .ForAll(Sequences, property)
        .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(500).WithEndSize(40));

    private static IEnumerable<int[]> Shorter(int[] sequence) => Enumerable.Range(0, sequence.Length).Select(i => sequence.Where((_, n) => n != i).ToArray());
}
