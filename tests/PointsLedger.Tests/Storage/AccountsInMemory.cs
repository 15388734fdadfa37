using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Tests.Domain;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Storage;

public class AccountsInMemory
{
    private static readonly DateTimeOffset Noon = new(2027, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Provenance From = new(
        3, new(Guid.NewGuid()), TransactionId.From("p-1"), 2, new(300), new DateTimeOffset(2027, 12, 31, 23, 59, 59, TimeSpan.Zero).AddTicks(1))
    {
        ActivatesAt = Noon,
        SlidesBy = 18,
        Offer = "double-monday@3",
        AccruedAt = Noon.AddDays(-14),
    };

    private static readonly Account Full = new(AccountId.From(Guid.NewGuid()))
    {
        Opened = true,
        Closed = true,
        Pool = true,
        MergedInto = new(Guid.NewGuid(), "merge", AccountId.From(Guid.NewGuid()), Noon),
        LastLot = 300,
        Debt = new(long.MaxValue),
        Cards = ImmutableSortedDictionary.Create<string, Card>(StringComparer.Ordinal).Add("9700030000000001", new(new(Guid.NewGuid()), Blocked: true, Version: 7) { Of = AccountId.From(Guid.NewGuid()) }),
        Lots = [new(From, new(200), new(50)) { Pending = true }, new(From with { Lot = 18, Accrued = new(7), Offer = "other@1" }, new(7), new(1)) { Pending = true }, new(From with { Lot = 19, AgreementVersion = 99 }, new(2), new(1)) { Pending = true }],
        Reservations = [new(new(Guid.NewGuid()), TransactionId.From("r-1"), "MAIN", "9700030000000001", 4, [new(From, new(50))]) { ReleasesAt = Noon }],
        Fraction = -0.25m,
        Visits = [new(new(Guid.NewGuid()), 5, [new(17, Noon)])],
        Uses = [new("double-monday", "day 2026-11-21", 2, new(40))],
        Tier = new("gold", Noon, new("silver", "window-ended", Noon.AddDays(30))),
        Goal = new("headphones", new(500)),
        Months = [new(202611, new(1200), 1199.99m, [new(new(Guid.NewGuid()), 3)])],
    };

    [Fact]
    public void keep_every_property()
    {
        var kept = AccountImage.Of(new EventStream<Account>(Full.Id.Value, Full, 17)).Open(Full.Id.Value);

        kept.Version.ShouldBe(17);
        kept.State.Stored().ShouldBe(Full.Stored());
    }

    // Or else the test above would not notice a property that is new and forgotten.
    [Fact]
    public void are_compared_with_every_property_set() => Unset(Full, nameof(Account)).ShouldBeEmpty();

    [Fact]
    public void keep_lots_that_never_expire()
    {
        var account = Full with { Lots = [new(From with { ExpiresAt = null }, new(1), new(0))] };

        AccountImage.Of(new EventStream<Account>(account.Id.Value, account, 1)).Open(account.Id.Value).State.Stored().ShouldBe(account.Stored());
    }

    [Fact]
    public void keep_lots_that_were_stored_before_their_accrual_was()
    {
        var (lot, json) = (new Lot(From, new(200), new(50)) { Pending = true }, new EventTypes().MapAccountFacts().Json);
        var stored = System.Text.Json.JsonSerializer.Serialize(lot, json);

        System.Text.Json.JsonSerializer.Deserialize<Lot>(stored, json).ShouldBe(lot);
        System.Text.Json.JsonSerializer.Deserialize<Lot>(stored[..stored.LastIndexOf('/')] + '"', json).ShouldBe(lot with { From = From with { AccruedAt = null } });
    }

    private static IEnumerable<string> Unset(object value, string path) => value switch
    {
        IEnumerable items when value is not string => items.Cast<object>() is var all && all.Any() ? all.SelectMany(item => Unset(item, path)) : [path],
        _ when value.GetType().Namespace!.StartsWith(typeof(Account).Namespace!, StringComparison.Ordinal) || value.GetType().IsGenericType =>
            value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite || value.GetType().IsGenericType)
                .SelectMany(p => p.GetValue(value) is { } of ? Unset(of, $"{path}.{p.Name}") : [$"{path}.{p.Name}"]),
        _ => value.Equals(Activator.CreateInstance(value.GetType() == typeof(string) ? typeof(int) : value.GetType())) ? [path] : [],
    };
}
