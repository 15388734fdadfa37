using Loyalty.EventStore;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Integration;
using Loyalty.PointsLedger.Tests.Domain;
using Loyalty.Testing;
using Shouldly;
using Xunit;
using Contract = Loyalty.Contracts.PointsLedger.V1;

namespace Loyalty.PointsLedger.Tests.Integration;

public class WhatOthersAreTold
{
    private static readonly DateTimeOffset Recorded = Given.Noon.AddSeconds(2.5);
    private static readonly Guid Account = Given.AnnasAccount.Value;

    [Fact]
    public void of_an_accrual() => Told<PointsAccrued>().ShouldBe(new Contract.PurchaseAccrued(
        Account, Given.Grocery.Value, "S-31401", "basket-1", 1010, "EUR", 15, 3, Given.Noon, Recorded, Card: "6276480000000014"));

    [Fact]
    public void of_a_return() => Told<PurchaseReversed>().ShouldBe(new Contract.PurchaseReversed(
        Account, Given.Grocery.Value, "S-31401", "return-1", "basket-1", 505, "EUR", 5, 2, 3, Given.Noon, Recorded));

    [Fact]
    public void of_a_reservation() => Told<PointsReserved>().ShouldBe(new Contract.PointsReserved(
        Account, Given.Fuel.Value, "S-7", "hold-1", 12, Given.Noon, Recorded));

    [Fact]
    public void of_a_redemption_with_whose_points_were_spent()
    {
        var told = Told<PointsRedeemed>().ShouldBeOfType<Contract.PointsRedeemed>();
        told.Draws.ShouldBe([new(Given.Grocery.Value, "basket-1", 10, AgreementVersion: 3), new(Given.Fuel.Value, "pump:7", 2, AgreementVersion: 1)]);
        (told with { Draws = [] }).ShouldBeEquivalentTo(new Contract.PointsRedeemed(
            Account, Given.Fuel.Value, "S-7", "spend-1", null, 12, [], 2, Given.Noon, Recorded, Card: "6276480000000014"));
    }

    [Fact]
    public void of_points_that_lapsed_with_when_they_were_earned() => Told(Samples.ByRules.OfType<PointsExpired>().Single())
        .ShouldBeOfType<Contract.PointsExpired>().Draws.ShouldBe([new(Given.Grocery.Value, "basket-1", 10, 3, Given.Noon.AddYears(-1))]);

    [Fact]
    public void of_a_release() => Told<ReservationReleased>().ShouldBe(new Contract.ReservationReleased(
        Account, Given.Fuel.Value, "hold-1", "release-1", 2, Given.Noon, Recorded));

    [Fact]
    public void of_a_reversed_redemption()
    {
        var told = Told<RedemptionReversed>().ShouldBeOfType<Contract.RedemptionReversed>();
        told.Draws.Sum(d => d.Points).ShouldBe(12);
        (told.RedemptionId, told.TransactionId, told.AgreementVersion).ShouldBe(("spend-1", "undo-1", 2));
    }

    [Fact]
    public void of_an_adjustment_with_what_was_not_there_any_more()
    {
        var told = Told<PointsAdjusted>().ShouldBeOfType<Contract.PointsAdjusted>();
        told.Draws.ShouldBe([new(Given.Grocery.Value, "basket-1", 10, AgreementVersion: 3)]);
        (told with { Draws = null }).ShouldBe(new Contract.PointsAdjusted(
            Account, Guid.Parse("55555555-5555-4555-8555-555555555555"), Given.Grocery.Value, 3, -17, "duplicate-purchase", Given.Noon, Recorded, Debt: 7));
    }

    [Fact]
    public void of_a_return_with_what_each_issuer_gets_back_and_when_the_purchase_was_made()
    {
        var told = Told(Samples.ByRules.OfType<PurchaseReversed>().Single() with { PurchasedAt = Given.Noon.AddMonths(-2) }).ShouldBeOfType<Contract.PurchaseReversed>();
        (told.PurchasedAt, told.Debt, told.Lapsed).ShouldBe((Given.Noon.AddMonths(-2), 4, 1));
        told.Awards.ShouldBe([new(Given.Grocery.Value, 3, "double-dairy", 2, 6, Debt: 2, Lapsed: 1)]);
    }

    [Fact]
    public void of_a_debt_that_was_repaid()
    {
        var told = Told<DebtRepaid>().ShouldBeOfType<Contract.DebtRepaid>();
        told.Draws.ShouldBe([new(Given.Grocery.Value, "basket-1", 10, AgreementVersion: 3)]);
        (told.AccountId, told.Points, told.OccurredAt, told.RecordedAt).ShouldBe((Account, 10, Given.Noon, Recorded));
    }

    [Fact]
    public void nothing_of_what_only_the_ledger_needs()
    {
        Told<AccountOpened>().ShouldBeNull();
        Told<CardLinked>().ShouldBeNull();
        Told<CardBlocked>().ShouldBeNull();
        Told<AccountClosed>().ShouldBeNull();
    }

    private static object? Told<TFact>() => Told(Samples.OfEveryFact.Single(f => f is TFact));

    private static object? Told(IAccountFact fact) => PublishedEvents.Map(new StoredEvent(
        1, Guid.NewGuid(), Account, 1, "any", fact, Recorded, "partner:GROCERY/till-1", null));
}

[Collection(nameof(RunningLedger))]
public class TellingOthers(RunningLedger ledger)
{
    [Fact]
    public async Task happens_once_for_every_posting_under_the_id_of_its_fact()
    {
        await ledger.Messages.Observe(typeof(Contract.PurchaseAccrued), typeof(Contract.PointsRedeemed));
        var member = await ledger.Enrol();
        var (purchase, at) = (ledger.NewId(), Till.Now);
        for (var i = 0; i < 3; i++) (await ledger.Till(ledger.Grocery).Buy(member, 12.34m, purchase, at)).ShouldBe(201);
        (await ledger.Till(ledger.Fuel).Redeem(member, 10)).ShouldBe(201);

        await Eventually.Holds(() => Heard<Contract.PointsRedeemed>(e => e.AccountId == member.Id).Count == 1);

        var accrued = Heard<Contract.PurchaseAccrued>(e => e.AccountId == member.Id).ShouldHaveSingleItem();
        (accrued.TransactionId, accrued.AmountMinor, accrued.Points, accrued.PartnerId).ShouldBe((purchase, 1234, 12, ledger.Grocery.Id));
        var fact = (await ledger.Store.FetchStream(member.Id)).Single(e => e.Data is PointsAccrued);
        fact.CausedBy.ShouldBe("partner:GROCERY/till-1");
        ledger.Messages.Received.ShouldContain(body => body.Contains(fact.Id.ToString(), StringComparison.Ordinal));
    }

    private List<T> Heard<T>(Func<T, bool> wanted) where T : class =>
        [.. ledger.Messages.Received.SelectMany(Messages.Read<T>).Where(wanted)];
}
