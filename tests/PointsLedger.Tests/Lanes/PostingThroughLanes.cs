using Loyalty.Commands;
using Loyalty.PointsLedger.Features;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Lanes;

[Collection(nameof(LedgerDatabase))]
public sealed class PostingThroughLanes(LedgerDatabase ledger)
{
    [Fact]
    public async Task joins_a_hundred_equal_requests_at_once_into_one_posting_with_one_answer()
    {
        await using var replica = ledger.OpenReplica(count: 2);
        var member = await ledger.Enrol();
        var purchase = ledger.Buy(member, 25.90m);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => replica.Post(purchase))));

        answers.Select(a => a.Accepted()).Distinct().ShouldHaveSingleItem().Points.ShouldBe(25);
        (await ledger.Balance(member)).ShouldBe(25);
    }

    [Fact]
    public async Task refuses_other_content_under_an_id_that_is_under_way()
    {
        await using var replica = ledger.OpenReplica();
        var member = await ledger.Enrol();
        var id = ledger.NewName("t");
        Task<Outcome<PurchaseRecorded>> first, repeated, other;
        Task<Outcome<PointsSpent>> redemption;
        await using (await ledger.Hold(member))
        {
            first = replica.Post(ledger.Buy(member, 10, id));
            await ledger.Waits(replica);
            other = replica.Post(ledger.Buy(member, 20, id));
            redemption = replica.Post(ledger.Redeem(member, 10, id));
            repeated = replica.Post(ledger.Buy(member, 10, id));
            other.IsCompleted.ShouldBeFalse();
        }

        (await first).Accepted().ShouldBe((await repeated).Accepted());
        (await other).ShouldBeRefused("transaction-differs");
        (await redemption).ShouldBeRefused("transaction-differs");
        (await ledger.Balance(member)).ShouldBe(10);
    }

    [Theory]
    [InlineData(1, 6)]
    [InlineData(500, 2)]
    public async Task decides_each_posting_on_the_effects_of_those_before_it(int batchSize, int commits)
    {
        await using var replica = ledger.OpenReplica(batchSize: batchSize);
        var (member, busy) = (await ledger.Enrol(), await ledger.Enrol());
        var purchase = ledger.NewName("t");
        Task<Outcome<PurchaseRecorded>> bought, again;
        Task<Outcome<PointsSpent>> spent, tooMuch;
        Task<Outcome<PurchaseReturned>> half, rest, beyond;
        await using (await Occupy(replica, busy))
        {
            bought = await replica.Place(ledger.Buy(member, 100, purchase));
            spent = await replica.Place(ledger.Redeem(member, 100));
            tooMuch = await replica.Place(ledger.Redeem(member, 1));
            half = await replica.Place(ledger.Return(purchase, 50));
            beyond = await replica.Place(ledger.Return(purchase, 51));
            rest = await replica.Place(ledger.Return(purchase, 50));
            again = await replica.Place(ledger.Buy(member, 130));
        }

        (await bought).Accepted().Balance.ShouldBe(100);
        (await spent).Accepted().Balance.ShouldBe(0);
        (await tooMuch).ShouldBeRefused("insufficient-points");
        (await half).Accepted().Debt.ShouldBe(50);
        (await rest).Accepted().Debt.ShouldBe(50);
        (await beyond).ShouldBeRefused("return-exceeds-purchase");
        (await again).Accepted().ShouldSatisfyAllConditions(a => a.DebtRepaid.ShouldBe(100), a => a.Balance.ShouldBe(30));
        (await ledger.Balance(member)).ShouldBe(30);

        // One more has opened the account.
        (await ledger.Count($"(select distinct xmin::text from mt_events where stream_id = '{member.Id}') commits")).ShouldBe(commits);
    }

    [Fact]
    public async Task voids_a_redemption_and_its_late_repeat_in_one_batch()
    {
        await using var replica = ledger.OpenReplica();
        var (member, busy) = (await ledger.Enrol(), await ledger.Enrol());
        (await replica.Post(ledger.Buy(member, 100))).Accepted();
        var (known, unknown) = (ledger.NewName("t"), ledger.NewName("t"));
        Task<Outcome<PointsSpent>> spent, late;
        Task<Outcome<TransactionReversed>> undone, twice, ahead;
        await using (await Occupy(replica, busy))
        {
            spent = await replica.Place(ledger.Redeem(member, 60, known));
            undone = await replica.Place(ledger.Reverse(known));
            twice = await replica.Place(ledger.Reverse(known));
            ahead = await replica.Place(ledger.Reverse(unknown));
            late = await replica.Place(ledger.Redeem(member, 60, unknown));
        }

        (await spent).Accepted().Balance.ShouldBe(40);
        (await undone).Accepted().ShouldSatisfyAllConditions(a => a.Status.ShouldBe("reversed"), a => a.Balance.ShouldBe(100));
        (await twice).ShouldBeRefused("redemption-reversed");
        (await ahead).Accepted().Status.ShouldBe("kept");
        (await late).ShouldBeRefused("redemption-reversed");
        (await replica.Post(ledger.Redeem(member, 60, unknown))).ShouldBeRefused("redemption-reversed");
        (await ledger.Balance(member)).ShouldBe(100);
    }

    [Fact]
    public async Task leaves_nothing_of_a_purchase_that_is_reversed_at_the_same_moment()
    {
        await using var replica = ledger.OpenReplica(count: 4, batchSize: 3);
        var member = await ledger.Enrol();
        var ids = Enumerable.Range(0, 60).Select(_ => ledger.NewName("t")).ToList();

        var pairs = await Task.WhenAll(ids.Select(async id =>
        {
            var (bought, reversed) = (Task.Run(() => replica.Post(ledger.Buy(member, 7, id))), Task.Run(() => replica.Post(ledger.Reverse(id))));
            return (Bought: await bought, Reversed: await reversed);
        }));

        foreach (var (bought, reversed) in pairs)
        {
            if (reversed.Accepted().Status == "reversed") bought.Accepted().Points.ShouldBe(7);
            else bought.ShouldBeRefused("purchase-reversed");
        }

        (await ledger.Balance(member)).ShouldBe(0);
    }

    /// <summary>Keeps the only lane busy, so that what is placed meanwhile waits for the next batch.</summary>
    private async Task<IAsyncDisposable> Occupy(Replica replica, Member busy)
    {
        var held = await ledger.Hold(busy);
        _ = replica.Post(ledger.Buy(busy, 1));
        await ledger.Waits(replica);
        return held;
    }
}
