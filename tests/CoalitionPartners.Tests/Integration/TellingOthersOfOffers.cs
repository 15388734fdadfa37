using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Integration;
using Loyalty.CoalitionPartners.Tests.Domain;
using Loyalty.EventStore;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;
using Contract = Loyalty.Contracts.CoalitionPartners.V1;

namespace Loyalty.CoalitionPartners.Tests.Integration;

public sealed class TellingOthersOfOffers
{
    [Fact]
    public void fills_in_what_the_author_left_out()
    {
        var told = Told(new OfferPublished("weekend", 3, Written.Offer(), Noon)).ShouldBeOfType<Contract.OfferPublished>();

        (told.Version, told.PublishedAt, told.Withdrawn).ShouldBe((3, Noon, false));
        told.Offer.Give.ShouldBe(new Contract.OfferGrant(Multiplier: 2));
        told.Offer.When.ShouldBe(new Contract.OfferConditions());
        (told.Offer.Caps.Count, told.Offer.FundedBy.Count, told.Offer.From, told.Offer.Budget, told.Offer.Expiry).ShouldBe((0, 0, null, null, null));
    }

    [Fact]
    public void tells_everything_that_was_written()
    {
        var told = Told(new OfferPublished("weekend", 1, Written.Offer($$$"""
            {"from":"2026-06-01T00:00:00+02:00","group":"g","budget":5000,"caps":[{"per":"week","times":2}],
             "fundedBy":[{"partnerId":"{{{Grocery}}}","percent":100}],"activation":{"days":14},"expiry":{"kind":"fixed","on":"2027-01-01T00:00:00Z"},
             "when":{"hours":{"from":"17:00","until":"02:00:30"},"visited":{"partners":3,"withinDays":30},"nth":{"n":3},"spendFrom":10.50,"promoCode":"SUN"}}
            """), Noon)).ShouldBeOfType<Contract.OfferPublished>().Offer;

        told.From.ShouldBe(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.FromHours(2)));
        (told.Group, told.Budget, told.Activation, told.Expiry)
            .ShouldBe(("g", 5000L, new(Days: 14), new("fixed", On: new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero))));
        told.Caps.ShouldHaveSingleItem().ShouldBe(new Contract.OfferCap("week", Times: 2));
        told.FundedBy.ShouldHaveSingleItem().ShouldBe(new Contract.OfferShare(Grocery.Value, 100));
        told.When.ShouldBe(new Contract.OfferConditions(
            Hours: new(new TimeOnly(17, 0), new TimeOnly(2, 0, 30)), Visited: new(3, 30), Nth: new(3, Every: false), SpendFrom: 10.50m, PromoCode: "SUN"));
    }

    [Fact]
    public void tells_of_a_withdrawal_with_the_last_document()
    {
        var told = Told(new OfferWithdrawn("weekend", 2, Written.Offer(), Noon)).ShouldBeOfType<Contract.OfferPublished>();
        (told.Version, told.Offer.Id, told.PublishedAt, told.Withdrawn).ShouldBe((2, "weekend", Noon, true));
    }

    [Fact]
    public void tells_the_programme()
    {
        var told = Told(new ProgrammePublished(2, Noon, Written.Programme("""
            {"tierWindow":{"kind":"calendar","noticeDays":30},"tiers":[{"id":"gold","name":"Gold","spend":99.5,"multiplier":1.25}]}
            """), Noon.AddDays(-1))).ShouldBeOfType<Contract.ProgrammePublished>();

        (told.Version, told.EffectiveFrom, told.PublishedAt).ShouldBe((2, Noon, Noon.AddDays(-1)));
        (told.Programme.TimeZone, told.Programme.Rounding, told.Programme.Debt, told.Programme.ReservationMinutes).ShouldBe(("Europe/Vienna", "down", "debt", 15));
        (told.Programme.Activation, told.Programme.Expiry, told.Programme.Transfers).ShouldBe((new(), new("rolling", 36), null));
        (told.Programme.Limits.Count, told.Programme.TierWindow).ShouldBe((0, new("calendar", null, 30)));
        told.Programme.Tiers.ShouldHaveSingleItem().ShouldBe(new Contract.Tier("gold", "Gold", null, 99.5m, null, null, 1.25m));
    }

    private static object? Told(object fact) => PublishedEvents.Map(new StoredEvent(1, Guid.Empty, Guid.Empty, 1, "any", fact, Noon, "", null));
}
