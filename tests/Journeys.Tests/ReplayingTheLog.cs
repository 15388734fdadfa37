using Loyalty.Messaging;
using Npgsql;

namespace Loyalty.Journeys.Tests;

/// <summary>The ledger publishes its log again from the first event on: every consumer has seen all of it before.</summary>
[Collection(RunningCoalition.Name)]
public sealed class ReplayingTheLog(Coalition coalition)
{
    [Fact]
    public async Task changes_neither_the_settlement_nor_anybodys_activity()
    {
        var till = await coalition.Operator.Admit();
        var members = await coalition.Operator.Enrol(till, 3);
        foreach (var member in members)
        {
            await till.BuyWhenKnown(member, 120.00m);
            (await till.Redeem(member, 20)).Accepted();
        }

        await Eventually.Holds(async () => (await coalition.Operator.PositionOf(till)).ShouldBe(new Position(360, 60, 3.60m, 0.48m, -3.12m)));
        await Eventually.Holds(async () => (await coalition.Operator.Activity(members[2]))["redemptions"]!.GetValue<long>().ShouldBe(1));
        var others = Settlement.Without(await coalition.Operator.Settlements(), till.Partner);
        var activity = await Activity(members);

        await using (var database = NpgsqlDataSource.Create(coalition.DatabaseOf(Coalition.Ledger)))
            await Replay.From(database, ct: TestContext.Current.CancellationToken);

        // What happens now comes behind the whole log in the same queues: once it has arrived everywhere, so has the log.
        var witness = await coalition.Operator.EnrolOne(till);
        (await till.Buy(witness, 7.00m)).Accepted();
        (await till.Redeem(witness, 7)).Accepted();
        await Eventually.Holds(async () => (await coalition.Operator.PositionOf(till)).ShouldBe(new Position(367, 67, 3.67m, 0.54m, -3.13m)), TimeSpan.FromSeconds(60));
        await Eventually.Holds(async () => (await coalition.Operator.Activity(witness))["redemptions"]!.GetValue<long>().ShouldBe(1), TimeSpan.FromSeconds(60));

        (await Activity(members)).ShouldBe(activity);
        Settlement.Without(await coalition.Operator.Settlements(), till.Partner).ShouldBe(others);
    }

    private async Task<IReadOnlyList<string>> Activity(IEnumerable<Member> members)
    {
        var found = new List<string>();
        foreach (var member in members)
            found.Add((await coalition.Operator.Activity(member)).ToJsonString());
        return found;
    }
}
