using System.Collections.Immutable;
using System.Globalization;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.Offers.GivenOffers;

namespace Loyalty.PointsLedger.Tests.Domain.Modelled;

/// <summary>A programme and the offers in force with it.</summary>
internal sealed record Programme(ProgrammeRules Rules, ImmutableArray<Offer> Offers)
{
    public const string Back = "back-within-four-days";
    public const string Third = "every-third-purchase";
    public const string Welcome = "welcome";
    public const string Shared = "shared-twice-a-month";

    /// <summary>Offers of every kind; a programme has some of them.</summary>
    public static readonly ImmutableArray<Offer> Pool =
    [
        Times("double", 2),
        Bonus(Back, 20).If(w => w with { RepeatWithinDays = 4 }),
        Bonus(Third, 30).If(w => w with { Nth = new(3, Every: true) }),
        Bonus(Welcome, 100).If(w => w with { NewAtPartner = true }) with { Activation = new(Days: 14), Expiry = new(ExpiryKind.Rolling, 1) },
        (Plain with { Id = "dairy", Group = "basket", Give = new Grant.PerUnit(0.5m) }).On("dairy"),
        Bonus(Shared, 11) with { FundedBy = [new(Grocery, 50), new(Fuel, 50)], Caps = [new(CapWindow.Month, 2, null)] },
        Plain with { Id = "steps", Group = "basket", Give = new Grant.Steps([new(10, new Grant.Fixed(P(5))), new(50, new Grant.Multiplied(1.75m))]) },
        Rate("bread", 2).On("bread"),
        Times("capped", 3) with { Caps = [new(CapWindow.Month, null, P(60)), new(CapWindow.Receipt, null, P(25))], Expiry = new(ExpiryKind.EndOfMonth, 0) },
        Bonus("lasting", 7) with { Expiry = new(ExpiryKind.Activity, 1), Activation = new(Days: 1) },
    ];

    public Rules For(PartnerId seller) => new(
        Rules, Offers, Rules.Zone, MemberProfile.Unknown, ImmutableDictionary<PartnerId, int>.Empty.Add(Grocery, 1).Add(Fuel, 4).SetItem(seller, 1));

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        version {Rules.Version} in {Rules.Zone.Id}, rounding {Rules.Rounding}, debt {Rules.Debt}, reservations for {Rules.ReservationTimeout}
          {Rules.Expiry}, {Rules.Activation}
          limits {string.Join(", ", Rules.Limits)}
          tiers {string.Join(", ", Rules.Tiers.Select(t => t.Id))} {Rules.Window}
          offers {string.Join(", ", Offers.Select(o => o.Id))}
        """);
}
