using System.Collections.Immutable;
using System.Text.Json;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Loyalty.PointsLedger.Storage;
using Loyalty.Testing;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.GivenRules;
using static Loyalty.PointsLedger.Tests.Domain.Offers.GivenOffers;
using Documents = Loyalty.Contracts.CoalitionPartners.V1;

namespace Loyalty.PointsLedger.Tests.Domain;

/// <summary>The classic rules at the very instants at which they begin and end to hold, from the published document to the member's lots.</summary>
public class OnTheBoundary
{
    private static readonly PartnerId Supermarket = new(Guid.Parse("cf2a897e-b194-5a16-b791-cf6e1bf7aaf2"));
    private static readonly TimeZoneInfo Havana = TimeZoneInfo.FindSystemTimeZoneById("America/Havana");

    [Theory]
    [InlineData("2026-11-25T12:00:00+01:00", 20)]
    [InlineData("2026-11-25T12:00:00.0000001+01:00", 10)]
    [InlineData("2026-11-25T11:59:59.9999999+01:00", 20)]
    [InlineData("2026-11-21T12:00:00.0000001+01:00", 20)]
    [InlineData("2026-11-21T12:00:00+01:00", 10)]
    public void double_points_within_four_days_end_after_exactly_four_days(string again, long points)
    {
        var rules = Under(Programme, Published("double-points-within-four-days"));
        var account = Anna.Bought("p1", 10, rules, Saturday, Supermarket);
        account.Balance(Saturday).ShouldBe(P(10));
        account.Buy("p2", 10, rules, At(again), partner: Supermarket).Only<PointsAccrued>().Earned().ShouldBe(P(points));
    }

    // Clocks went back on 25 October 2026: the fourth day after has come an hour later by the clock on the wall.
    [Theory]
    [InlineData("2026-10-27T10:00:00+01:00", 20)]
    [InlineData("2026-10-27T10:00:00.0000001+01:00", 10)]
    public void double_points_within_four_days_count_hours_and_not_what_clocks_show(string again, long points)
    {
        var rules = Under(Programme, Published("double-points-within-four-days"));
        Anna.Bought("p1", 10, rules, At("2026-10-23T11:00:00+02:00"), Supermarket)
            .Buy("p2", 10, rules, At(again), partner: Supermarket).Only<PointsAccrued>().Earned().ShouldBe(P(points));
    }

    [Fact]
    public void double_points_within_four_days_are_no_more_once_the_first_purchase_came_back()
    {
        var rules = Under(Programme, Published("double-points-within-four-days"));
        var first = Anna.Buy("p1", 10, rules, Saturday, partner: Supermarket).Facts();
        var account = Anna.Fold(first);
        account = account.After(account.Reverse(By(Supermarket, "v1", Saturday), Purchase.From(first), rules.Programme));
        account.Buy("p2", 10, rules, Saturday.AddDays(1), partner: Supermarket).Only<PointsAccrued>().Earned().ShouldBe(P(10));
    }

    [Fact]
    public void points_can_be_spent_until_the_instant_of_expiry_and_not_at_it()
    {
        var expiring = Under(Programme with { Expiry = new(ExpiryKind.Rolling, 1) });
        var (account, gone) = (Anna.Bought("p1", 10, expiring, Saturday), Saturday.AddMonths(1));

        account.Redeem(By(Fuel, "r1", gone.AddTicks(-1)), Store, AnnasCard, P(10), 1).Only<PointsRedeemed>().Points.ShouldBe(P(10));
        account.Redeem(By(Fuel, "r1", gone), Store, AnnasCard, P(1), 1).ShouldBeRefused("insufficient-points");
        (account.Balance(gone.AddTicks(-1)), account.Balance(gone), account.LapsedTo(gone, expiring.Programme).Lots.Length).ShouldBe((P(10), P(0), 0));
    }

    // From one to three at night, when clocks go back from three to two at 01:00 UTC, and when they go forward from two to three.
    [Theory]
    [InlineData("2026-10-25T00:59:59.9999999Z", true)]
    [InlineData("2026-10-25T01:00:00Z", true)]
    [InlineData("2026-10-25T01:59:59.9999999Z", true)]
    [InlineData("2026-10-25T02:00:00Z", false)]
    [InlineData("2027-03-28T00:59:59.9999999Z", true)]
    [InlineData("2027-03-28T01:00:00Z", false)]
    public void hours_hold_until_their_last_second_when_clocks_change(string at, bool holds)
    {
        var night = Bonus("night", 5).If(w => w with { Hours = new(new(1, 0), new(3, 0)) });
        // The programme's own clock, in another country, doesn't matter.
        var rules = Under(Programme with { Zone = Havana }, night);
        Anna.Buy("p1", 10, rules, At(at)).Only<PointsAccrued>().Earned().ShouldBe(P(holds ? 15 : 10));
    }

    [Theory]
    [InlineData("2028-02-29T10:00:00+01:00", 12, "2029-02-28T10:00:00+01:00")]
    [InlineData("2028-02-29T10:00:00+01:00", 48, "2032-02-29T10:00:00+01:00")]
    [InlineData("2027-02-28T10:00:00+01:00", 12, "2028-02-28T10:00:00+01:00")]
    [InlineData("2028-01-31T10:00:00+01:00", 1, "2028-02-29T10:00:00+01:00")]
    [InlineData("2027-01-31T10:00:00+01:00", 1, "2027-02-28T10:00:00+01:00")]
    [InlineData("2027-01-30T23:30:00Z", 1, "2027-02-28T00:30:00+01:00")] // The 31st has begun in Vienna.
    public void months_end_on_their_last_day_and_leap_days_are_days(string bought, int months, string gone)
    {
        var rolling = Under(Programme with { Expiry = new(ExpiryKind.Rolling, months) });
        var account = Anna.Bought("p1", 10, rolling, At(bought));
        (account.Balance(At(gone).AddTicks(-1)), account.Balance(At(gone))).ShouldBe((P(10), P(0)));
    }

    [Theory]
    [InlineData("Europe/Vienna", "2026-11-30T22:59:59.9999999Z", "2026-11-30T23:00:00Z")]
    [InlineData("Europe/Vienna", "2026-11-30T23:00:00Z", "2026-12-31T23:00:00Z")]
    [InlineData("America/Havana", "2026-11-30T23:00:00Z", "2026-12-01T05:00:00Z")]
    [InlineData("America/Havana", "2026-10-31T12:00:00Z", "2026-11-01T04:00:00Z")] // The first of that day's two midnights.
    [InlineData("Pacific/Auckland", "2026-11-30T10:59:59.9999999Z", "2026-11-30T11:00:00Z")]
    [InlineData("Pacific/Auckland", "2026-11-30T11:00:00Z", "2026-12-31T11:00:00Z")]
    public void the_end_of_a_month_is_the_programmes_own_wherever_the_till_stands(string zone, string bought, string gone)
    {
        var rules = Under(Programme with { Zone = TimeZoneInfo.FindSystemTimeZoneById(zone), Expiry = new(ExpiryKind.EndOfMonth) });
        Anna.Bought("p1", 10, rules, At(bought)).Lots.Single().From.ExpiresAt.ShouldBe(At(gone));
    }

    [Theory]
    [InlineData("2027-02-24T23:59:59.9999999+01:00", 10)]
    [InlineData("2027-02-25T00:00:00+01:00", 30)]
    [InlineData("2027-03-03T23:59:59.9999999+01:00", 30)]
    [InlineData("2027-03-04T00:00:00+01:00", 10)]
    [InlineData("2028-02-26T00:00:00+01:00", 30)]
    [InlineData("2028-02-25T23:59:59.9999999+01:00", 10)]
    [InlineData("2028-03-03T23:59:59.9999999+01:00", 30)]
    [InlineData("2028-03-04T00:00:00+01:00", 10)]
    public void who_was_born_on_a_leap_day_celebrates_every_year(string at, long points)
    {
        var rules = Under(Programme, Published("students-celebrate")) with { Profile = new("student", new DateOnly(2000, 2, 29), []) };
        Anna.Buy("p1", 10, rules, At(at)).Only<PointsAccrued>().Earned().ShouldBe(P(points));
    }

    private static Rules Under(ProgrammeRules programme, params Offer[] offers) => GivenRules.Under(programme, offers) with
    {
        Agreements = ImmutableDictionary<PartnerId, int>.Empty.Add(Grocery, 1).Add(Supermarket, 1),
    };

    /// <summary>An offer of docs/offers, published long ago.</summary>
    private static Offer Published(string name)
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "offers", $"{name}.json"));
        var offer = JsonSerializer.Deserialize<Documents.Offer>(document, JsonSerializerOptions.Web)!;
        return OfferDocuments.From(new Documents.OfferPublished(1, offer with { Caps = offer.Caps ?? [], FundedBy = offer.FundedBy ?? [] }, At("2026-01-01T00:00:00Z"), Withdrawn: false));
    }
}
