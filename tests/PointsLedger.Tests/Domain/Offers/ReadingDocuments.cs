using System.Text.Json;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.PointsLedger.Domain.Offers;
using Loyalty.PointsLedger.Storage;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.Offers.GivenOffers;

namespace Loyalty.PointsLedger.Tests.Domain.Offers;

/// <summary>From the documents that CoalitionPartners publishes, as they come over the wire, to what is evaluated.</summary>
public class ReadingDocuments
{
    private static readonly JsonSerializerOptions Wire = new(JsonSerializerDefaults.Web);

    [Fact]
    public void understands_everything_that_an_offer_can_say()
    {
        var offer = OfferDocuments.From(Read<OfferPublished>(
            """
            {"version": 4, "publishedAt": "2026-10-30T08:00:00Z", "withdrawn": true, "offer": {
              "id": "double-4", "name": "Double", "kind": "bonus", "from": "2026-11-01T00:00:00+01:00", "until": "2026-12-01T00:00:00+01:00",
              "priority": 3, "group": "g",
              "when": {
                "partners": ["11111111-1111-4111-8111-111111111111"], "stores": ["main"], "categories": ["bread"], "products": ["4006381333931"],
                "tenders": ["card"], "spendFrom": 10.50, "spendBelow": 99, "weekdays": ["monday", "sunday"], "hours": {"from": "22:00", "until": "02:00"},
                "repeatWithinDays": 4, "nth": {"n": 3, "every": true}, "newAtPartner": true, "visited": {"partners": 2, "withinDays": 7},
                "celebrationWeek": true, "privileges": ["large-family"], "tiers": ["gold"], "segments": ["cyclists"],
                "members": ["33333333-3333-4333-8333-333333333333"], "promoCode": "AUTUMN"},
              "give": {"steps": [{"spendFrom": 10, "multiplier": 2}, {"spendFrom": 20, "points": 50}, {"spendFrom": 30, "pointsPerUnit": 1.5}]},
              "caps": [{"per": "week", "times": 2}, {"per": "receipt", "points": 100}], "budget": 5000,
              "fundedBy": [{"partnerId": "11111111-1111-4111-8111-111111111111", "percent": 60}, {"partnerId": "22222222-2222-4222-8222-222222222222", "percent": 40}],
              "activation": {"days": 14}, "expiry": {"kind": "end-of-month", "months": 6}}}
            """));

        (offer.Id, offer.Version, offer.Name, offer.Kind, offer.Priority, offer.Group, offer.Withdrawn).ShouldBe(("double-4", 4, "Double", OfferKind.Bonus, 3, "g", true));
        (offer.PublishedAt, offer.From, offer.Until).ShouldBe((At("2026-10-30T08:00:00Z"), At("2026-11-01T00:00:00+01:00"), At("2026-12-01T00:00:00+01:00")));
        var when = offer.When;
        when.Partners!.ShouldBe([Grocery]);
        new[] { when.Stores!, when.Categories!, when.Products!, when.Tenders!, when.Privileges!, when.Tiers!, when.Segments! }
            .Select(set => set.ShouldHaveSingleItem())
            .ShouldBe(["main", "bread", "4006381333931", "card", "large-family", "gold", "cyclists"]);
        when.Members!.ShouldBe([AnnaHerself]);
        when.Weekdays!.Order().ShouldBe([DayOfWeek.Sunday, DayOfWeek.Monday]);
        (when.SpendFrom, when.SpendBelow, when.Hours, when.PromoCode).ShouldBe((10.50m, 99m, new Hours(new(22, 0), new(2, 0)), "AUTUMN"));
        (when.RepeatWithinDays, when.Nth, when.NewAtPartner, when.Visited, when.CelebrationWeek).ShouldBe((4, new Nth(3, true), true, new Visited(2, 7), true));
        offer.Give.ShouldBeOfType<Grant.Steps>().All.ShouldBe(
            [new(10, new Grant.Multiplied(2)), new(20, new Grant.Fixed(P(50))), new(30, new Grant.PerUnit(1.5m))]);
        offer.Caps.ShouldBe([new(CapWindow.Week, 2, null), new(CapWindow.Receipt, null, P(100))]);
        offer.FundedBy.ShouldBe([new(Grocery, 60), new(Fuel, 40)]);
        (offer.Budget, offer.Activation, offer.Expiry).ShouldBe((P(5000), new Activation(Days: 14), new Expiry(ExpiryKind.EndOfMonth, 6)));
    }

    [Fact]
    public void takes_what_is_absent_or_empty_for_no_condition()
    {
        var offer = OfferDocuments.From(Read<OfferPublished>(
            """
            {"version": 1, "publishedAt": "2026-10-30T08:00:00Z", "offer": {"id": "a", "name": "A", "kind": "base", "priority": 1,
              "when": {"stores": [], "weekdays": [], "segments": null}, "give": {"pointsPerUnit": 2}, "caps": [], "fundedBy": []}}
            """));
        offer.When.ShouldBe(Conditions.None);
        (offer.Kind, offer.Give, offer.Budget, offer.Activation, offer.Expiry).ShouldBe((OfferKind.Base, new Grant.PerUnit(2), null, null, null));
        Buying(10).With(offer).ShouldGrant(("a", 20));
    }

    [Fact]
    public void stops_at_a_word_it_does_not_know() => Should.Throw<FormatException>(() => OfferDocuments.From(Read<OfferPublished>(
        """
        {"version": 1, "publishedAt": "2026-10-30T08:00:00Z", "offer": {"id": "a", "name": "A", "kind": "malus", "priority": 1,
          "when": {}, "give": {"points": 2}, "caps": [], "fundedBy": []}}
        """)));

    [Fact]
    public void understands_everything_that_a_programme_can_say()
    {
        var rules = OfferDocuments.From(Read<ProgrammePublished>(
            """
            {"version": 2, "effectiveFrom": "2027-01-01T00:00:00+01:00", "publishedAt": "2026-11-21T12:00:00Z", "programme": {
              "timeZone": "Europe/Vienna", "rounding": "half-even", "expiry": {"kind": "activity", "months": 24}, "activation": {"on": "2027-02-01T00:00:00Z"},
              "debt": "refuse", "reservationMinutes": 90, "transfers": {"mostPerTransfer": 500, "mostPerMonth": 900},
              "limits": [{"id": "l1", "of": "redemption", "per": "terminal", "window": "hour", "count": 3, "points": 700, "hard": true}],
              "tiers": [{"id": "gold", "name": "Gold", "points": 100, "spend": 50.5, "visits": 3, "partners": 2, "multiplier": 1.5}],
              "tierWindow": {"kind": "rolling", "months": 12, "noticeDays": 30}}}
            """));
        (rules.Version, rules.Zone.Id, rules.Rounding, rules.Debt, rules.ReservationTimeout).ShouldBe((2, "Europe/Vienna", Rounding.HalfEven, DebtPolicy.Refuse, TimeSpan.FromMinutes(90)));
        (rules.Expiry, rules.Activation).ShouldBe((new Expiry(ExpiryKind.Activity, 24), new Activation(On: At("2027-02-01T00:00:00Z"))));
        rules.Transfers.ShouldBe(new TransferLimits(P(500), P(900)));
        rules.Limits.ShouldBe([new("l1", LimitedPosting.Redemption, LimitedParty.Terminal, LimitWindow.Hour, 3, P(700), true)]);
        rules.Tiers.ShouldBe([new("gold", "Gold", P(100), 50.5m, 3, 2, 1.5m)]);
        rules.Window.ShouldBe(new(TierWindowKind.Rolling, 12, 30));
    }

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Wire)!;
}
