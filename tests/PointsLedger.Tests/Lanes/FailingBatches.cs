using Loyalty.Commands;
using Loyalty.PointsLedger.Features;
using Npgsql;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Lanes;

[Collection(nameof(LedgerDatabase))]
public sealed class FailingBatches(LedgerDatabase ledger)
{
    [Fact]
    public async Task fail_for_the_one_that_cant_be_stored_alone()
    {
        await using var replica = ledger.OpenReplica();
        var (member, busy) = (await ledger.Enrol(), await ledger.Enrol());
        var purchases = Enumerable.Range(0, 9).Select(i => ledger.Buy(member, i + 1, i == 5 ? "poison" : null)).ToList();
        await ledger.Execute(
            """
            create function refuse_poison() returns trigger language plpgsql as $$ begin raise exception 'poison'; end $$;
            create trigger poison before insert on transactions for each row when (new.transaction_id = 'poison') execute function refuse_poison();
            """);
        try
        {
            var posted = await PostTogether(replica, busy, purchases);

            (await Should.ThrowAsync<PostgresException>(posted[5])).MessageText.ShouldBe("poison");
            foreach (var (outcome, i) in posted.Select((p, i) => (p, i)).Where(p => p.i != 5)) (await outcome).Accepted().Points.ShouldBe(i + 1);
            (await ledger.Balance(member)).ShouldBe(45 - 6);
        }
        finally
        {
            await ledger.Execute("drop trigger poison on transactions; drop function refuse_poison;");
        }

        (await replica.Post(purchases[5])).Accepted().Balance.ShouldBe(45);
        (await ledger.Balance(member)).ShouldBe(45);
    }

    [Fact]
    public async Task whose_connection_is_cut_fail_as_a_whole_and_take_effect_once_when_they_are_repeated()
    {
        await using var replica = ledger.OpenReplica();
        var (member, busy) = (await ledger.Enrol(), await ledger.Enrol());
        var purchases = Enumerable.Range(0, 9).Select(i => ledger.Buy(member, i + 1)).ToList();
        IReadOnlyList<Task<Outcome<PurchaseRecorded>>> posted;
        await using (await ledger.Hold(member))
        {
            posted = await PostTogether(replica, busy, purchases);
            await ledger.Waits(replica);
            await ledger.Execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1", replica.Name);
            foreach (var cut in posted) await Should.ThrowAsync<NpgsqlException>(cut);
        }

        foreach (var (purchase, i) in purchases.Select((p, i) => (p, i))) (await replica.Post(purchase)).Accepted().Points.ShouldBe(i + 1);
        foreach (var purchase in purchases) (await replica.Post(purchase)).Accepted();
        (await ledger.Balance(member)).ShouldBe(45);
    }

    /// <summary>Gathers the purchases while the lane is busy, so that they go into one batch.</summary>
    private async Task<IReadOnlyList<Task<Outcome<PurchaseRecorded>>>> PostTogether(Replica replica, Member busy, IEnumerable<RecordPurchase> purchases)
    {
        var posted = new List<Task<Outcome<PurchaseRecorded>>>();
        await using var held = await ledger.Hold(busy);
        var first = replica.Post(ledger.Buy(busy, 1));
        await ledger.Waits(replica);
        foreach (var purchase in purchases) posted.Add(await replica.Place(purchase));
        await held.DisposeAsync();
        (await first).Accepted();
        return posted;
    }
}
