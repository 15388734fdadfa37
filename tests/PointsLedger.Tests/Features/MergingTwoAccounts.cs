using Loyalty.PointsLedger.Domain;
using Loyalty.Testing;
using Shouldly;
using Xunit;
using Cards = Loyalty.Contracts.Cards.V1;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(GenerousLedger))]
public class MergingTwoAccounts(RunningLedger ledger)
{
    private readonly Till till = ledger.Till(ledger.Grocery);
    private readonly Till desk = ledger.Operator();

    [Fact]
    public async Task leads_the_old_cards_to_the_other_account_also_at_another_replica()
    {
        var (anna, ben) = (await ledger.EnrolWith(30), await ledger.EnrolWith(5));
        await using var replica = await ledger.StartReplica();
        var elsewhere = ledger.Till(ledger.Grocery, replica);
        (await elsewhere.Buy(anna, 1)).ShouldBe(201);

        (await Merge(anna, ben)).ShouldBe(200).Number("points").ShouldBe(31);
        (await Merge(anna, ben)).ShouldBe(200).Number("points").ShouldBe(31);

        foreach (var one in new[] { till, elsewhere })
        {
            var bought = (await one.Buy(anna, 10)).ShouldBe(201);
            bought.Json.GetProperty("account").GetGuid().ShouldBe(ben.Id);
        }

        (await elsewhere.Redeem(anna with { Card = anna.Barcode }, 50)).ShouldBe(201).Number("balance").ShouldBe(6);
        (await till.Balance(anna), await till.Balance(ben), await elsewhere.Balance(anna)).ShouldBe((6, 6, 6));
        (await desk.Get($"/v1/accounts/{anna.Id}/balance")).Json.GetProperty("account").GetGuid().ShouldBe(ben.Id);
    }

    [Fact]
    public async Task takes_returns_and_reversals_of_before_with_it()
    {
        var (anna, ben) = (await ledger.EnrolWith(30), await ledger.EnrolWith(5));
        var (purchase, redemption) = (ledger.NewId(), ledger.NewId());
        (await till.Buy(anna, 20, purchase)).ShouldBe(201);
        (await till.Redeem(anna, 8, redemption)).ShouldBe(201);
        (await Merge(anna, ben)).ShouldBe(200);

        var returned = (await till.Return(purchase, 5)).ShouldBe(201);
        (returned.Json.GetProperty("account").GetGuid(), returned.Number("debt"), returned.Number("balance")).ShouldBe((ben.Id, 0, 42));
        (await till.Return(purchase, 15)).ShouldBe(201).Number("balance").ShouldBe(27);
        (await till.Return(purchase, 1)).ShouldBeRefused(409, "purchase-reversed");
        (await till.Reverse(redemption)).ShouldBe(201).Number("balance").ShouldBe(35);
        (await till.Reverse(redemption)).ShouldBeRefused(409, "redemption-reversed");
        (await till.Redeem(ben, 35)).ShouldBe(201);
    }

    [Fact]
    public async Task can_be_undone_with_what_is_left()
    {
        var (anna, ben) = (await ledger.EnrolWith(30), await ledger.EnrolWith(5));
        var purchase = ledger.NewId();
        (await till.Buy(anna, 20, purchase)).ShouldBe(201);
        (await Undo(anna)).ShouldBeRefused(409, "not-merged");
        (await Merge(anna, ben)).ShouldBe(200).Number("points").ShouldBe(50);
        (await till.Redeem(anna, 15)).ShouldBe(201);

        var undone = (await Undo(anna)).ShouldBe(200);
        (await Undo(anna)).ShouldBe(200).Body.ShouldBe(undone.Body);

        undone.Number("points").ShouldBe(40);
        (await till.Balance(anna), await till.Balance(ben)).ShouldBe((40, 0));
        (await till.Buy(anna, 1)).ShouldBe(201).Json.GetProperty("account").GetGuid().ShouldBe(anna.Id);
        (await till.Return(purchase, 20)).ShouldBe(201).Json.GetProperty("account").GetGuid().ShouldBe(anna.Id);
        (await till.Balance(anna)).ShouldBe(21);
        (await Merge(anna, ben)).ShouldBe(200).Number("points").ShouldBe(21);
        (await till.Redeem(anna, 21)).ShouldBe(201).Json.GetProperty("account").GetGuid().ShouldBe(ben.Id);
    }

    [Fact]
    public async Task is_refused_while_points_are_set_aside_and_to_whoever_is_no_operator()
    {
        var (anna, ben) = (await ledger.EnrolWith(30), await ledger.EnrolWith(5));
        var hold = ledger.NewId();
        (await till.Reserve(anna, 10, hold)).ShouldBe(201);
        (await Merge(anna, ben)).ShouldBeRefused(409, "reservations-open");
        (await till.Release(hold)).ShouldBe(201);
        (await till.Post($"/v1/accounts/{anna.Id}/merge", new { into = ben.Id })).Status.ShouldBe(403);
        (await Merge(anna, anna)).Status.ShouldBe(422);
        (await Merge(anna, ben with { Id = Guid.NewGuid() })).ShouldBeRefused(404, "unknown-account");
        (await till.Balance(anna)).ShouldBe(30);
    }

    [Fact]
    public async Task sends_late_news_of_cards_after_them()
    {
        var (anna, ben) = (await ledger.EnrolWith(30), await ledger.EnrolWith(5));
        (await Merge(anna, ben)).ShouldBe(200);
        var second = anna with { CardId = Guid.NewGuid(), Card = RunningLedger.WithLuhn("627648055555551"), Barcode = RunningLedger.WithEan("299555555551") };

        await ledger.Publish(new Cards.CardLinked(second.CardId, second.Card, second.Barcode, anna.Id, DateTimeOffset.UtcNow, 3));
        await ledger.Publish(new Cards.CardBlocked(anna.CardId, anna.Card, anna.Id, "lost", DateTimeOffset.UtcNow, 4));

        await Eventually.Holds(async () => (await ledger.Store.Load<Account>(ben.Id))!.State is { Cards: var cards } && cards.ContainsKey(second.Card) && cards[anna.Card].Blocked);
        (await till.Redeem(second, 35)).ShouldBe(201).Json.GetProperty("account").GetGuid().ShouldBe(ben.Id);
        (await till.Redeem(anna, 1)).ShouldBeRefused(422, "card-blocked");
        (await Undo(anna)).ShouldBe(200);
        (await till.Buy(second, 3)).ShouldBe(201).Json.GetProperty("account").GetGuid().ShouldBe(anna.Id);
        (await till.Redeem(anna, 1)).ShouldBeRefused(422, "card-blocked");
    }

    private Task<Answer> Merge(Member member, Member into) => desk.Post($"/v1/accounts/{member.Id}/merge", new { into = into.Id });

    private Task<Answer> Undo(Member member) => desk.Post($"/v1/accounts/{member.Id}/merge/undo", new { });
}

[Collection(nameof(GenerousLedger))]
public class PoolingPoints(RunningLedger ledger) : IAsyncLifetime
{
    private readonly Till till = ledger.Till(ledger.Grocery);
    private readonly Till desk = ledger.Operator();

    public async ValueTask InitializeAsync() => await ledger.AllowTransfers();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task puts_a_households_points_and_cards_together_until_somebody_leaves()
    {
        var (anna, ben, pool) = (await ledger.EnrolWith(30), await ledger.EnrolWith(5), Guid.NewGuid());
        (await Join(pool, anna)).ShouldBeRefused(404, "unknown-pool");
        for (var i = 0; i < 2; i++) (await desk.Post("/v1/pools", new { poolId = pool })).ShouldBe(201);
        foreach (var member in new[] { anna, ben, ben }) (await Join(pool, member)).ShouldBe(200);

        (await till.Balance(anna), await till.Balance(ben)).ShouldBe((35, 35));
        (await till.Redeem(ben, 34)).ShouldBe(201);
        (await till.Buy(anna, 9)).ShouldBe(201).Json.GetProperty("account").GetGuid().ShouldBe(pool);

        for (var i = 0; i < 2; i++) (await desk.Delete($"/v1/pools/{pool}/members/{anna.Id}")).ShouldBe(200);

        (await till.Balance(anna), await till.Balance(ben)).ShouldBe((0, 10));
        (await till.Buy(anna, 2)).ShouldBe(201).Json.GetProperty("account").GetGuid().ShouldBe(anna.Id);
        (await desk.Post("/v1/pools", new { poolId = anna.Id })).ShouldBeRefused(409, "account-exists");
        (await Join(pool, anna)).ShouldBe(200).Number("points").ShouldBe(2);
    }

    private Task<Answer> Join(Guid pool, Member member) => desk.Post($"/v1/pools/{pool}/members", new { account = member.Id });
}
