using System.Globalization;
using Loyalty.PointsLedger.Domain;
using Loyalty.Testing;
using Shouldly;
using Xunit;
using Cards = Loyalty.Contracts.Cards.V1;
using Customers = Loyalty.Contracts.Customers.V1;
using Partners = Loyalty.Contracts.CoalitionPartners.V1;

namespace Loyalty.PointsLedger.Tests.Integration;

[Collection(nameof(RunningLedger))]
public class HearingFromOthers(RunningLedger ledger)
{
    [Fact]
    public async Task opens_one_account_for_all_cards_of_a_member_however_often_it_is_told()
    {
        var member = await ledger.EnrolWith(10);
        var second = member with { CardId = Guid.NewGuid(), Card = RunningLedger.WithLuhn("627648077777777"), Barcode = RunningLedger.WithEan("299777777777") };
        for (var i = 0; i < 3; i++)
        {
            await ledger.Publish(Linked(member, 3));
            await ledger.Publish(Linked(second, 3));
        }

        await Eventually.Holds(async () => (await ledger.Till(ledger.Grocery).Get($"/v1/cards/{second.Card}/balance")).Status == 200);
        await Settled();
        (await ledger.Till(ledger.Grocery).Balance(second)).ShouldBe(10);
        (await ledger.Store.FetchStream(member.Id)).Count(e => e.Data is AccountOpened or CardLinked).ShouldBe(3);
    }

    [Fact]
    public async Task takes_an_event_that_is_delivered_twice_for_one()
    {
        var (partner, id) = (new Partner(Guid.NewGuid(), "NUTRITION"), Guid.NewGuid());
        for (var i = 0; i < 3; i++)
            await ledger.Messages.Publish(id, new Partners.PartnerAdmitted(partner.Id, partner.Code, "Nutrition", "EUR", [new("MAIN", "Main street")], RunningLedger.LongAgo, 1));
        await ledger.Agree(partner, 1, RunningLedger.LongAgo, 1m);
        (await ledger.Count($"inbox where event_id = '{id}'")).ShouldBe(1);
        (await ledger.Till(partner).Buy(await ledger.Enrol(), 5)).ShouldBe(201);
    }

    [Fact]
    public async Task issues_no_more_than_a_partner_has_paid_for_and_goes_on_when_it_buys()
    {
        var (partner, member, block) = (new Partner(Guid.NewGuid(), "PREPAID"), await ledger.Enrol(), Guid.NewGuid());
        await ledger.Admit(partner);
        var from = DateTimeOffset.UtcNow.AddMinutes(-1);
        await ledger.Publish(new Partners.AgreementChanged(partner.Id, 2, from, "EUR", 1m, 0.010m, 0.008m, from, 3, OnlyPrepaid: true));
        for (var i = 0; i < 2; i++) await ledger.Publish(new Partners.PrepaidBlockBought(partner.Id, block, 20, from));
        await Eventually.Holds(async () => await ledger.Count($"prepaid_blocks where partner_id = '{partner.Id}'") == 1
            && await ledger.Count($"agreements where partner_id = '{partner.Id}' and only_prepaid") == 1);
        var till = ledger.Till(partner);

        (await till.Buy(member, 20)).ShouldBe(201);
        (await till.Buy(member, 1)).ShouldBeRefused(422, "prepaid-block-empty");
        await ledger.Publish(new Partners.PrepaidBlockBought(partner.Id, Guid.NewGuid(), 5, from));
        await Eventually.Holds(async () => await ledger.Count($"prepaid_blocks where partner_id = '{partner.Id}'") == 2);
        await Eventually.Holds(async () => (await till.Buy(member, 5)).Status == 201);
        (await till.Buy(member, 1)).ShouldBeRefused(422, "prepaid-block-empty");
    }

    [Fact]
    public async Task keeps_a_card_blocked_when_its_linking_is_told_afterwards()
    {
        var member = new Member(Guid.NewGuid(), Guid.NewGuid(), RunningLedger.WithLuhn("627648088888888"), RunningLedger.WithEan("299888888888"));
        await ledger.Publish(new Cards.CardBlocked(member.CardId, member.Card, member.Id, "lost", DateTimeOffset.UtcNow, 4));
        await Eventually.Holds(async () => (await ledger.Store.Load<Account>(member.Id))?.State.Cards[member.Card].Blocked == true);
        await ledger.Publish(Linked(member, 3));
        await Eventually.Holds(async () => await ledger.Count($"cards where account_id = '{member.Id}'") == 2);
        (await ledger.Till(ledger.Grocery).Buy(member, 10)).ShouldBe(201);
        (await ledger.Till(ledger.Grocery).Redeem(member, 1)).ShouldBeRefused(422, "card-blocked");
    }

    [Fact]
    public async Task passes_over_the_blocking_of_a_card_that_nobody_holds()
    {
        await ledger.Publish(new Cards.CardBlocked(Guid.NewGuid(), RunningLedger.WithLuhn("627648066666666"), null, "lost", DateTimeOffset.UtcNow, 2));
        await Settled();
        await ledger.Enrol();
    }

    [Fact]
    public async Task stops_serving_a_member_who_is_gone()
    {
        var member = await ledger.EnrolWith(10);
        var till = ledger.Till(ledger.Grocery);
        await ledger.Publish(new Customers.CustomerErased(member.Id, DateTimeOffset.UtcNow));
        await Eventually.Holds(async () => (await till.Get($"/v1/accounts/{member.Id}/balance")).Status == 404);
        (await till.Buy(member, 1)).ShouldBe(404);
        (await till.Redeem(member, 1)).ShouldBe(404);
        (await till.Get($"/v1/cards/{member.Card}/balance")).ShouldBe(404);
        (await till.Get($"/v1/accounts/{member.Id}/history")).ShouldBe(404);
    }

    [Fact]
    public async Task accepts_a_store_that_opens_later_and_ignores_an_older_name_of_the_partner()
    {
        var partner = new Partner(Guid.NewGuid(), "SPIRITS");
        await ledger.Admit(partner);
        await ledger.Publish(new Partners.StoreOpened(partner.Id, new("SECOND", "Second street"), DateTimeOffset.UtcNow, 3));
        await ledger.Publish(new Partners.PartnerAdmitted(partner.Id, "OLD", "Old name", "EUR", [new("THIRD", "Third street")], RunningLedger.LongAgo, 0));
        await Eventually.Holds(async () => await ledger.Count($"stores where partner_id = '{partner.Id}'") == 3);
        (await ledger.Till(partner).Buy(await ledger.Enrol(), 5, store: "SECOND")).ShouldBe(201);
        (await ledger.Count($"partners where partner_id = '{partner.Id}' and code = 'SPIRITS'")).ShouldBe(1);
    }

    [Fact]
    public async Task takes_nothing_of_a_store_that_is_closed_but_what_was_done_there_before_and_what_comes_of_it()
    {
        var (partner, member) = (new Partner(Guid.NewGuid(), "CLOSING"), await ledger.Enrol());
        await ledger.Admit(partner);
        var (till, closing) = (ledger.Till(partner), new DateTimeOffset(DateTimeOffset.UtcNow.Date.AddHours(-1), TimeSpan.Zero));
        var (bought, held) = (ledger.NewId(), ledger.NewId());
        var first = (await till.Buy(member, 20, bought, At(closing.AddHours(1)))).ShouldBe(201);
        (await till.Reserve(member, 5, held)).ShouldBe(201);

        await ledger.Publish(new Partners.StoreClosed(partner.Id, "MAIN", closing, closing, 3));
        await Eventually.Holds(async () => await ledger.Count($"closed_stores where partner_id = '{partner.Id}'") == 1);

        (await till.Buy(member, 1, at: At(closing))).ShouldBeRefused(422, "store-closed");
        (await till.Buy(member, 1)).ShouldBeRefused(422, "store-closed");
        (await till.Redeem(member, 1)).ShouldBeRefused(422, "store-closed");
        (await till.Reserve(member, 1)).ShouldBeRefused(422, "store-closed");
        (await till.Buy(member, 7, at: At(closing.AddMilliseconds(-1)))).ShouldBe(201);
        (await till.Buy(member, 20, bought, At(closing.AddHours(1)))).ShouldBe(201).Body.ShouldBe(first.Body);
        (await till.Return(bought, 4)).ShouldBe(201);
        (await till.Capture(held)).ShouldBe(201);

        await ledger.Publish(new Partners.StoreClosed(partner.Id, "MAIN", closing.AddDays(9), closing, 4));
        await Settled();
        (await till.Buy(member, 1)).ShouldBeRefused(422, "store-closed");

        static string At(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task knows_of_a_closing_that_is_heard_of_before_its_store()
    {
        var (partner, member) = (new Partner(Guid.NewGuid(), "EARLY"), await ledger.Enrol());
        await ledger.Admit(partner);
        await ledger.Publish(new Partners.StoreClosed(partner.Id, "NORTH", RunningLedger.LongAgo, RunningLedger.LongAgo, 4));
        await ledger.Publish(new Partners.StoreOpened(partner.Id, new("NORTH", "North street"), RunningLedger.LongAgo, 3));
        await Eventually.Holds(async () => (await ledger.Till(partner).Buy(member, 5, store: "NORTH")).ShouldBeRefused(422, "store-closed"));
        (await ledger.Till(partner).Buy(member, 5)).ShouldBe(201);
    }

    private static Cards.CardLinked Linked(Member member, long version) => new(member.CardId, member.Card, member.Barcode, member.Id, DateTimeOffset.UtcNow, version);

    // Messages of one queue take effect in order, so whatever was told before a new member has taken effect when that member is known.
    private Task Settled() => ledger.Enrol();
}
