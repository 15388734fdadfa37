using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Lanes;

/// <summary>Several replicas, each with states of its own in memory.</summary>
[Collection(nameof(LedgerDatabase))]
public sealed class SharingADatabase(LedgerDatabase ledger)
{
    [Fact]
    public async Task loses_nothing_and_doubles_nothing()
    {
        await using var one = ledger.OpenReplica(count: 2, batchSize: 20);
        await using var other = ledger.OpenReplica(count: 2, batchSize: 20);
        var members = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ledger.Enrol()));

        await Parallel.ForAsync(0, 600, new ParallelOptions { MaxDegreeOfParallelism = 40 }, async (i, _) =>
            (await (i % 2 == 0 ? one : other).Post(ledger.Buy(members[i % 3], 1 + (i % 10)))).Accepted());

        for (var m = 0; m < members.Length; m++)
            (await ledger.Balance(members[m])).ShouldBe(Enumerable.Range(0, 600).Where(i => i % 3 == m).Sum(i => 1 + (i % 10)));
    }

    [Fact]
    public async Task lets_the_same_requests_take_effect_once_and_answers_them_alike()
    {
        await using var one = ledger.OpenReplica(count: 2, batchSize: 10);
        await using var other = ledger.OpenReplica(count: 2, batchSize: 10);
        var members = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ledger.Enrol()));
        var purchases = Enumerable.Range(0, 100).Select(i => ledger.Buy(members[i % 3], 2)).ToList();

        var answers = await Task.WhenAll(purchases.SelectMany(p => new[] { Task.Run(() => one.Post(p)), Task.Run(() => other.Post(p)) }));

        foreach (var pair in answers.Chunk(2)) pair[0].Accepted().ShouldBe(pair[1].Accepted());
        (await Task.WhenAll(members.Select(ledger.Balance))).Sum().ShouldBe(200);
    }

    [Fact]
    public async Task notices_what_was_appended_past_the_lanes()
    {
        await using var replica = ledger.OpenReplica();
        var member = await ledger.Enrol();
        (await replica.Post(ledger.Buy(member, 10))).Accepted().Version.ShouldBe(3);

        await ledger.Append(member, account => account.BlockCard(new(member.CardId), member.Card, "lost", 4, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow));

        (await replica.Post(ledger.Buy(member, 10))).Accepted().ShouldSatisfyAllConditions(a => a.Version.ShouldBe(5), a => a.Balance.ShouldBe(20));
        (await replica.Post(ledger.Redeem(member, 1))).ShouldBeRefused("card-blocked");
    }

    [Fact]
    public async Task refuses_nothing_for_want_of_points_that_another_replica_has_just_posted()
    {
        await using var one = ledger.OpenReplica();
        await using var other = ledger.OpenReplica();
        var member = await ledger.Enrol();
        (await one.Post(ledger.Redeem(member, 1))).ShouldBeRefused("insufficient-points");

        (await other.Post(ledger.Buy(member, 100))).Accepted();

        (await one.Post(ledger.Redeem(member, 100))).Accepted().Balance.ShouldBe(0);
        (await other.Post(ledger.Redeem(member, 1))).ShouldBeRefused("insufficient-points");
    }

    [Fact]
    public async Task remembers_a_reversal_that_came_first_wherever_the_original_arrives()
    {
        await using var one = ledger.OpenReplica();
        await using var other = ledger.OpenReplica();
        var (member, id) = (await ledger.Enrol(), ledger.NewName("t"));
        (await one.Post(ledger.Reverse(id))).Accepted().Status.ShouldBe("kept");
        (await other.Post(ledger.Buy(member, 10, id))).ShouldBeRefused("purchase-reversed");
        (await one.Post(ledger.Buy(member, 10, id))).ShouldBeRefused("purchase-reversed");
    }
}
