using Loyalty.PointsLedger.Domain;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;

namespace Loyalty.PointsLedger.Tests.Domain;

public class PostingsOfFacts
{
    public static TheoryData<string> EveryFact => [.. typeof(IAccountFact).Assembly.GetTypes()
        .Where(t => t is { IsInterface: false } && t.IsAssignableTo(typeof(IAccountFact))).Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(EveryFact))]
    public void sum_to_zero_per_unit(string name)
    {
        foreach (var fact in Samples.OfEveryFact.Concat(Samples.ByRules).Concat(Samples.Shortly).Where(f => f.GetType().Name == name))
        {
            var sums = Postings.Of(AnnasAccount, fact).GroupBy(p => p.Unit).Select(unit => unit.Sum(p => p.Amount));
            sums.ShouldAllBe(sum => sum == 0);
        }
    }

    [Fact]
    public void of_a_return_after_spending_charge_the_member_with_debt() =>
        Postings.Of(AnnasAccount, Samples.PurchaseReversed).ShouldBe(
        [
            new(new("member", AnnasAccount.Value), "points", -3), new(new("issued", Grocery.Value), "points", 3),
            new(new("debt", AnnasAccount.Value), "points", -2), new(new("issued", Grocery.Value), "points", 2),
        ]);

    [Fact]
    public void of_a_claim_credit_the_partner_that_delivers_the_reward()
    {
        Postings.Of(AnnasAccount, Samples.PointsRedeemed with { Claim = Samples.Headphones }).ShouldBe(
            [new(new("member", AnnasAccount.Value), "points", -12), new(new("redeemed", Grocery.Value), "points", 12)]);
        Postings.Of(AnnasAccount, Samples.ByRules.OfType<RedemptionReversed>().Single()).ShouldBe(
            [new(new("redeemed", Grocery.Value), "points", -12), new(new("member", AnnasAccount.Value), "points", 12)]);
    }

    [Fact]
    public void of_a_capture_take_the_points_from_the_reserve() =>
        Postings.Of(AnnasAccount, Samples.PointsRedeemed with { Reservation = Loyalty.Kernel.TransactionId.From("h1") }).ShouldBe(
            [new(new("reserved", AnnasAccount.Value), "points", -12), new(new("redeemed", Fuel.Value), "points", 12)]);
}

/// <summary>One of every stored fact with every property set: what the golden files hold.</summary>
internal static class Samples
{
    private static readonly DateTimeOffset Recorded = Noon.AddSeconds(2.5);
    private static readonly Guid Gift = Guid.Parse("55555555-5555-4555-8555-555555555555");
    private static readonly Draw Ten = new(new Provenance(1, Grocery, Loyalty.Kernel.TransactionId.From("basket-1"), 3, P(10), Noon.AddYears(1)), P(10));
    private static readonly Draw Two = new(new Provenance(2, Fuel, Loyalty.Kernel.TransactionId.From("pump:7"), 1, P(40), null), P(2));

    public static readonly PurchaseReversed PurchaseReversed = new(
        At(Grocery, "return-1"), Loyalty.Kernel.TransactionId.From("basket-1"), "S-31401", Eur(5.05m), 3, 1, P(5), P(2));

    public static readonly PointsRedeemed PointsRedeemed = new(At(Fuel, "spend-1"), null, "S-7", AnnasCard, 2, P(12), [Ten, Two]);

    public static readonly RewardClaim Headphones = new("headphones", 2, Guid.Parse("55555555-5555-4555-8555-555555555555"), Grocery);

    public static readonly IReadOnlyList<IAccountFact> OfEveryFact =
    [
        new AccountOpened(new Loyalty.Kernel.MemberId(AnnasAccount.Value), Noon, Recorded),
        new CardLinked(AnnasCardId, AnnasCard, 3, Noon, Recorded),
        new CardBlocked(AnnasCardId, AnnasCard, "stolen", 4, Noon, Recorded),
        new PointsAccrued(At(Grocery, "basket-1") with { Late = true }, "S-31401", AnnasCard, Eur(10.10m), new Terms(3, Euro, 1.5m), 1, P(15), Noon.AddYears(1)),
        new DebtRepaid(At(Grocery, "basket-1"), P(10), [Ten]),
        PurchaseReversed,
        new PointsReserved(At(Fuel, "hold-1"), "S-7", AnnasCard, 2, P(12), [Ten, Two]),
        PointsRedeemed,
        new ReservationReleased(At(Fuel, "release-1"), Loyalty.Kernel.TransactionId.From("hold-1"), P(2), [Two]),
        new RedemptionReversed(At(Fuel, "undo-1"), Loyalty.Kernel.TransactionId.From("spend-1"), "S-7", 2, P(12), [Ten, Two]),
        new ReservationTimedOut(Fuel, Loyalty.Kernel.TransactionId.From("hold-1"), P(2), [Two], Noon, Recorded),
        new PointsActivated(P(10), [Ten], Noon, Recorded),
        new PointsExpired(P(12), [Ten, Two], Noon, Recorded),
        new PointsSent(Gift, "gift", new(Fuel.Value), P(12), [Ten, Two], Noon, Recorded),
        new PointsReceived(Gift, "gift", new(Fuel.Value), P(10), [new(1, Ten.From with { Lot = 7 })], Noon, Recorded),
        new PoolOpened(Noon, Recorded),
        new AccountMerged(Gift, "merge", new(Fuel.Value), Noon, Recorded),
        new AccountSeparated(Gift, "merge", new(Fuel.Value), Noon, Recorded),
        new TierChanged("silver", "gold", "reached", Noon.AddYears(2), 4, Noon, Recorded),
        new DowngradeAnnounced("gold", "silver", "window-ended", Noon.AddDays(30), 4, Noon, Recorded),
        new VoucherRedeemed(At(Grocery, "handed-1"), "S-31401", "headphones", Headphones.Voucher),
        new GoalChosen("headphones", 2, P(500), Noon, Recorded),
        new GoalDropped("headphones", "claimed", Noon, Recorded),
        Adjusted(-17) with { Draws = [Ten], Debt = P(7) },
        new AccountClosed("erased", Noon, Recorded),
    ];

    /// <summary>The same facts as offers, limits and the programme make them, where that adds to them.</summary>
    public static readonly IReadOnlyList<IAccountFact> ByRules =
    [
        new PointsAccrued(At(Grocery, "basket-1"), "S-31401", AnnasCard, Eur(10.10m), new Terms(3, Euro, 1.5m), 1, P(9), Noon.AddYears(1))
        {
            ActivatesAt = Noon.AddDays(14),
            SlidesBy = 12,
            Fraction = 0.15m,
            Programme = 4,
            Rated = new(Eur(6.10m), [0]),
            Receipt = new([new("milk", "dairy", Eur(6.10m)), new(null, null, Eur(4m))], "cash", "till-3", ["SPRING"]),
            Awards =
            [
                new(2, "double-dairy", 2, Grocery, 3, P(6), new(Eur(6.10m), [0]), Noon.AddMonths(3)) { ActivatesAt = Noon.AddDays(1), SlidesBy = 3, Windows = ["day 2017-03-01"], Budgeted = true },
                new(3, "double-dairy", 2, Fuel, 1, P(3), new(Eur(6.10m), null), null),
            ],
            Missed = [new("happy-hour", 1, "wrong-hour")],
            Limits = [new("daily-points", "day 2017-03-01", Beyond: true), new($"busy/{Grocery}/S-31401", "hour 2017-03-01T12") { Shared = true }],
            TierMonth = 201703,
        },
        PurchaseReversed with
        {
            Lapsed = P(1),
            Forgiven = P(4),
            Whole = true,
            TierMonth = 201703,
            Lines = [new(0, Eur(5.05m))],
            Awards = [new(2, "double-dairy", 2, Grocery, 3, P(6), P(2)) { Lapsed = P(1), Windows = ["day 2017-03-01"], Budgeted = true }],
        },
        new PointsReserved(At(Fuel, "hold-1"), "S-7", AnnasCard, 2, P(12), [Ten, Two]) { ReleasesAt = Noon.AddMinutes(15), Limits = [new("hourly/" + AnnasCard, "hour 2017-03-01T12")] },
        PointsRedeemed with
        {
            Claim = Headphones,
            Limits = [new("hourly/" + AnnasCard, "hour 2017-03-01T12")],
            Draws = [Ten with { From = Ten.From with { ActivatesAt = Noon, SlidesBy = 3, Offer = "double-dairy@2" } }, Two],
        },
        new CardLinked(AnnasCardId, AnnasCard, 3, Noon, Recorded) { Of = AnnasAccount },
        new CardBlocked(AnnasCardId, AnnasCard, "stolen", 4, Noon, Recorded) { Of = AnnasAccount },
        new PointsSent(Gift, "merge", AnnasAccount, P(12), [Ten, Two], Noon, Recorded) { Debt = P(3), Limits = [new("transfer:given", "month 2017-03")] },
        new PointsReceived(Gift, "merge", AnnasAccount, P(10), [new(1, Ten.From with { Lot = 7 })], Noon, Recorded) { Debt = P(3) },
        new RedemptionReversed(At(Fuel, "undo-1"), Loyalty.Kernel.TransactionId.From("spend-1"), "S-7", 2, P(12), [Ten, Two]) { Claim = Headphones },
        new PointsExpired(P(10), [Ten with { From = Ten.From with { AccruedAt = Noon.AddYears(-1) } }], Noon, Recorded),
        Adjusted(500) with { Reason = "goodwill", Lot = 4, ExpiresAt = Noon.AddYears(1), SlidesBy = 12 },
    ];

    /// <summary>Facts that leave out what they would say twice.</summary>
    public static readonly IReadOnlyList<IAccountFact> Shortly =
    [
        new PointsAccrued(At(Grocery, "basket-1"), "S-31401", AnnasCard, Eur(10.10m), new Terms(3, Euro, 1.5m), 1, P(9), Noon.AddYears(1))
        {
            Awards =
            [
                new(2, "double-monday", 2, Grocery, 3, P(9), new(Eur(10.10m), null), Noon.AddYears(1)) { Windows = ["day 2017-03-01"] },
                new(3, "pump-and-shop", 1, Fuel, 1, P(3), new(Eur(10.10m), null), Noon.AddYears(1)),
            ],
            Prepaid = [Grocery, Fuel],
        },
        PurchaseReversed with { Prepaid = [Grocery] },
        PointsRedeemed with
        {
            Draws =
            [
                Ten, Ten with { From = Ten.From with { Lot = 2, Accrued = P(4), Offer = "double-monday@2" }, Points = P(4) }, Two,
                Two with { From = Two.From with { Lot = 4, ExpiresAt = Noon } },
            ],
        },
    ];

    /// <summary>Facts that put off the expiry of other points.</summary>
    public static readonly IReadOnlyList<IAccountFact> Sliding =
    [
        new PointsAccrued(At(Grocery, "basket-1"), "S-31401", AnnasCard, Eur(10.10m), new Terms(3, Euro, 1.5m), 4, P(15), Noon.AddYears(1))
        {
            SlidesBy = 12,
            Slid = [new(12, Noon.AddYears(1)), new(3, Noon.AddMonths(3).AddHours(-1))],
        },
        PointsRedeemed with { Slid = [new(12, Noon.AddYears(1))] },
    ];

    private static PointsAdjusted Adjusted(long points) =>
        new(Guid.Parse("55555555-5555-4555-8555-555555555555"), Grocery, 3, P(points), "duplicate-purchase", "anna", "bert", Noon, Recorded);

    private static Transaction At(Loyalty.Kernel.PartnerId partner, string id) => By(partner, id) with { RecordedAt = Recorded };
}
