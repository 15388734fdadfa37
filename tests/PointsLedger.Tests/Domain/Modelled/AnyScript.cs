using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.Offers.GivenOffers;

namespace Loyalty.PointsLedger.Tests.Domain.Modelled;

/// <summary>Scripts at random: programmes of every kind, and commands over months that run across ends of months, leap days and changes of the clocks.</summary>
internal static class AnyScript
{
    private static readonly TimeZoneInfo[] Zones = [Vienna, TimeZoneInfo.Utc, Zone("America/Havana"), Zone("Australia/Lord_Howe"), Zone("Pacific/Auckland")];

    // Just before the end of January of a leap year, before clocks go forward in the north, and before they go back.
    private static readonly DateTimeOffset[] Starts = [At("2028-01-29T22:10:00Z"), At("2027-03-26T09:00:00Z"), At("2027-10-02T13:30:00Z"), At("2027-12-30T23:59:59Z")];

    private static readonly Tier[] Tiers =
    [
        new("silver", "Silver", P(150), null, null, null, 1),
        new("gold", "Gold", P(400), null, 3, null, 1.5m),
    ];

    private static readonly PostingLimit[] Limits =
    [
        new("purchases-a-day", LimitedPosting.Purchase, LimitedParty.Card, LimitWindow.Day, 4, null, Hard: true),
        new("points-a-day", LimitedPosting.Purchase, LimitedParty.Member, LimitWindow.Day, null, P(300), Hard: false),
        new("spending-an-hour", LimitedPosting.Redemption, LimitedParty.Member, LimitWindow.Hour, 3, P(200), Hard: true),
        new("card-a-day", LimitedPosting.Redemption, LimitedParty.Card, LimitWindow.Day, 2, null, Hard: false),
    ];

    private static readonly Gen<Pause> Pauses = Gen.Frequency(
        (3, Gen.Constant(new Pause(TimeSpan.Zero, false))),
        (3, Gen.Choose(1, 7200).Select(s => new Pause(TimeSpan.FromSeconds(s), false))),
        (3, Gen.Choose(1, 200).Select(h => new Pause(TimeSpan.FromHours(h), false))),
        (1, Gen.Choose(20, 80).Select(d => new Pause(TimeSpan.FromDays(d), false))),
        (1, Gen.Choose(-1, 1).Select(ticks => new Pause(TimeSpan.FromTicks(ticks), true))));

    private static readonly Gen<PartnerId> Partners = Gen.Elements(Grocery, Grocery, Fuel);

    private static readonly Gen<int> Cards = Gen.Elements(0, 0, 0, 1);

    private static readonly Gen<int> Picks = Gen.Choose(0, 9_999);

    private static readonly Gen<int> PerMille = Gen.OneOf(Gen.Choose(0, 1_000), Gen.Constant(1_000), Gen.Choose(300, 1_100));

    private static readonly Gen<long> Cents = Gen.Frequency((1, Gen.Constant(0)), (8, Gen.Choose(0, 400)), (8, Gen.Choose(0, 20_000))).Select(cents => (long)cents);

    private static readonly Gen<ImmutableArray<(string Category, long Cents)>> Lines = Gen.OneOf(
        Gen.Constant(ImmutableArray<(string, long)>.Empty),
        Gen.Choose(1, 3).SelectMany(n =>
            (from category in Gen.Elements("dairy", "bread", "soap") from cents in Cents select (category, cents)).ArrayOf(n)).Select(all => all.ToImmutableArray()));

    private static readonly Gen<(int, int)[]> ReturnedLines = Gen.Choose(1, 2).SelectMany(n =>
        (from line in Gen.Frequency((9, Gen.Choose(0, 2)), (1, Gen.Choose(-1, 3))) from part in PerMille select (line, part)).ArrayOf(n));

    private static readonly Gen<TimeSpan> Lateness = Gen.Frequency(
        (7, Gen.Constant(TimeSpan.Zero)),
        (1, Gen.Choose(-300, 3_600).Select(s => TimeSpan.FromSeconds(s))),
        (1, Gen.Choose(1, 168).Select(h => TimeSpan.FromHours(h))));

    public static Arbitrary<Script> Of(int commands) => Arb.From(
        from start in Gen.Elements(Starts)
        from programme in Programme(start, 1)
        from all in Command(start).ArrayOf(commands)
        select new Script(start, programme, [.. all]),
        Script.Shorter);

    private static Gen<Programme> Programme(DateTimeOffset start, int version) =>
        from zone in Gen.Elements(Zones)
        from expiry in Expiry(start)
        from activation in Gen.Elements(Activation.AtOnce, Activation.AtOnce, new Activation(Days: 1), new Activation(Days: 14), new Activation(On: start.AddDays(10)))
        from rounding in Gen.Elements(Rounding.Down, Rounding.HalfEven)
        from debt in Gen.Elements(DebtPolicy.Debt, DebtPolicy.Debt, DebtPolicy.Cap, DebtPolicy.Refuse)
        from hold in Gen.Elements(TimeSpan.FromMinutes(15), TimeSpan.FromDays(1), TimeSpan.FromDays(40))
        from limits in Gen.Elements<ImmutableArray<PostingLimit>>([], [], [.. Limits])
        from window in Gen.Elements(null, new TierWindow(TierWindowKind.Calendar, 0, 30), new TierWindow(TierWindowKind.Rolling, 2, 0), new TierWindow(TierWindowKind.Rolling, 1, 10))
        from offers in Gen.SubListOf(Modelled.Programme.Pool.AsEnumerable())
        select new Programme(new(version, zone, rounding, expiry, activation, debt, hold, null, limits, window is null ? [] : [.. Tiers], window), [.. offers]);

    private static Gen<Expiry> Expiry(DateTimeOffset start) => Gen.OneOf(
        Gen.Constant(Loyalty.PointsLedger.Domain.Offers.Expiry.Never),
        Gen.Choose(1, 3).Select(months => new Expiry(ExpiryKind.Rolling, months)),
        Gen.Choose(0, 2).Select(months => new Expiry(ExpiryKind.EndOfMonth, months)),
        Gen.Choose(5, 90).Select(days => new Expiry(ExpiryKind.Fixed, On: start.AddDays(days))),
        Gen.Choose(1, 2).Select(months => new Expiry(ExpiryKind.Activity, months)));

    private static Gen<Command> Command(DateTimeOffset start) => Gen.Frequency<Command>(
        (30, from pause in Pauses from partner in Partners from card in Cards from cents in Cents from lines in Lines from late in Lateness
             select (Command)new Buy(pause, partner, card, lines.Length == 0 ? cents : lines.Sum(l => l.Cents), lines, late)),
        (8, from pause in Pauses from n in Picks from part in PerMille select (Command)new ReturnAmount(pause, n, part)),
        (6, from pause in Pauses from n in Picks from lines in ReturnedLines from over in Gen.Frequency((9, Gen.Constant(0)), (1, Gen.Choose(-1, 1)))
            select (Command)new ReturnLines(pause, n, [.. lines], over)),
        (4, from pause in Pauses from n in Picks select (Command)new Void(pause, n)),
        (14, from pause in Pauses from partner in Partners from card in Cards from part in PerMille select (Command)new Redeem(pause, partner, card, part)),
        (10, from pause in Pauses from partner in Partners from card in Cards from part in PerMille select (Command)new Reserve(pause, partner, card, part)),
        (7, from pause in Pauses from n in Picks from part in Gen.OneOf(Gen.Constant<int?>(null), PerMille.Select(p => (int?)p)) select (Command)new Capture(pause, n, part)),
        (4, from pause in Pauses from n in Picks select (Command)new Release(pause, n)),
        (6, from pause in Pauses from n in Picks select (Command)new Undo(pause, n)),
        (1, from pause in Pauses from card in Cards select (Command)new Block(pause, card)),
        (2, from pause in Pauses from card in Cards select (Command)new Link(pause, card)),
        (1, from pause in Pauses from programme in Programme(start, 2) select (Command)new Publish(pause, programme)),
        (1, Gen.Frequency<Command>((2, Pauses.Select(p => (Command)new Close(p))), (8, Pauses.Select(p => (Command)new Undo(p, 0))))));

    private static TimeZoneInfo Zone(string id) => TimeZoneInfo.FindSystemTimeZoneById(id);
}
