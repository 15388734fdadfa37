using Loyalty.Commands;
using Loyalty.PointsLedger.Features;
using Loyalty.PointsLedger.Lanes;
using Loyalty.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Lanes;

[Collection(nameof(LedgerDatabase))]
public sealed class FillingLanes(LedgerDatabase ledger)
{
    [Fact]
    public async Task turns_away_at_once_whoever_finds_no_room_and_takes_on_again_afterwards()
    {
        await using var replica = ledger.OpenReplica(batchSize: 1, queueDepth: 1);
        var member = await ledger.Enrol();
        var turnedAway = ledger.Buy(member, 4);
        Task<Outcome<PurchaseRecorded>> posted, waiting;
        await using (await ledger.Hold(member))
        {
            posted = replica.Post(ledger.Buy(member, 1));
            await ledger.Waits(replica);
            waiting = await replica.Place(ledger.Buy(member, 2));

            await Should.ThrowAsync<LaneFullException>(replica.Post(turnedAway));

            (posted.IsCompleted, waiting.IsCompleted).ShouldBe((false, false));
        }

        await Task.WhenAll(posted, waiting);
        (await replica.Post(turnedAway)).Accepted().Points.ShouldBe(4);
        (await ledger.Balance(member)).ShouldBe(7);
    }

    [Fact]
    public async Task lets_those_who_post_in_order_wait_for_room()
    {
        await using var replica = ledger.OpenReplica(batchSize: 1, queueDepth: 1);
        var member = await ledger.Enrol();
        Task<Task<Outcome<PurchaseRecorded>>> placed;
        await using (await ledger.Hold(member))
        {
            _ = replica.Post(ledger.Buy(member, 1));
            await ledger.Waits(replica);
            _ = await replica.Place(ledger.Buy(member, 2));
            placed = replica.Place(ledger.Buy(member, 4));
            placed.IsCompleted.ShouldBeFalse();
        }

        (await await placed).Accepted().Balance.ShouldBe(7);
    }
}

[Collection(nameof(RunningLedger))]
public sealed class FillingLanesOverHttp(RunningLedger ledger)
{
    [Fact]
    public async Task is_answered_429_with_the_time_to_wait()
    {
        await using var small = await ledger.StartReplica(("Lanes__Count", "1"), ("Lanes__BatchSize", "1"), ("Lanes__QueueDepth", "1"));
        var member = await ledger.Enrol();
        var till = ledger.Till(ledger.Grocery, small);
        var ids = Enumerable.Range(0, 4).Select(_ => ledger.NewId()).ToList();
        var at = Till.Now;
        List<Task<Answer>> posted;
        await using (var connection = await ledger.Database.OpenConnectionAsync())
        {
            await connection.BeginTransactionAsync();
            await using (var hold = new NpgsqlCommand($"select 1 from mt_streams where id = '{member.Id}' for update", connection)) await hold.ExecuteNonQueryAsync();
            posted = ids.ConvertAll(id => till.Buy(member, 3, id, at));

            // One is at the database, or on its way there, and at most one waits; there is no room for the others.
            await Eventually.Holds(() => posted.Count(p => p.IsCompleted) >= 2);
        }

        var answers = await Task.WhenAll(posted);
        answers.Count(a => a.Status == 201).ShouldBeInRange(1, 2);
        foreach (var full in answers.Where(a => a.Status != 201))
        {
            full.ShouldBeRefused(429, "too-many-requests");
            full.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
        }

        foreach (var id in ids) (await till.Buy(member, 3, id, at)).ShouldBe(201);
        (await till.Balance(member)).ShouldBe(12);
    }
}
