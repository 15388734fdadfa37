using Loyalty.Commands;
using Loyalty.PointsLedger.Features;
using Loyalty.PointsLedger.Lanes;
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
    public async Task lost_in_an_outage_take_the_rest_of_their_series_with_them_and_nobody_elses()
    {
        await using var replica = ledger.OpenReplica();
        var (member, busy) = (await ledger.Enrol(), await ledger.Enrol());
        var (cut, other) = (new PostingSeries(), new PostingSeries());
        await ledger.Execute(
            """
            create function fail_by_name() returns trigger language plpgsql as $$ begin
                if new.transaction_id = 'poison' then raise exception 'poison'; end if;
                perform pg_terminate_backend(pg_backend_pid());
                return new;
            end $$;
            create trigger failing before insert on transactions for each row when (new.transaction_id in ('poison', 'outage')) execute function fail_by_name();
            """);
        IReadOnlyList<Task<Outcome<PurchaseRecorded>>> posted;
        try
        {
            // The batch fails for its first, is split, and its first half is then lost: by then the second half has been taken already.
            posted = await PostTogether(
                replica, busy,
                [(ledger.Buy(member, 1, "poison"), other), (ledger.Buy(member, 2, "outage"), cut), (ledger.Buy(member, 4), cut), (ledger.Buy(member, 8), other)]);
            await Should.ThrowAsync<PostgresException>(posted[0]);
            await Should.ThrowAsync<NpgsqlException>(posted[1]);
            await Should.ThrowAsync<InterruptedException>(posted[2]);
            (await posted[3]).Accepted().Points.ShouldBe(8);
        }
        finally
        {
            await ledger.Execute("drop trigger failing on transactions; drop function fail_by_name;");
        }

        await Should.ThrowAsync<InterruptedException>(await replica.Place(ledger.Buy(member, 16), cut));
        (await await replica.Place(ledger.Buy(member, 32), other)).Accepted();
        (await ledger.Balance(member)).ShouldBe(8 + 32);
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
    private Task<IReadOnlyList<Task<Outcome<PurchaseRecorded>>>> PostTogether(Replica replica, Member busy, IEnumerable<RecordPurchase> purchases) =>
        PostTogether(replica, busy, purchases.Select(p => (p, new PostingSeries())));

    private async Task<IReadOnlyList<Task<Outcome<PurchaseRecorded>>>> PostTogether(
        Replica replica, Member busy, IEnumerable<(RecordPurchase Purchase, PostingSeries Series)> purchases)
    {
        var posted = new List<Task<Outcome<PurchaseRecorded>>>();
        await using var held = await ledger.Hold(busy);
        var first = replica.Post(ledger.Buy(busy, 1));
        await ledger.Waits(replica);
        foreach (var (purchase, series) in purchases) posted.Add(await replica.Place(purchase, series));
        await held.DisposeAsync();
        (await first).Accepted();
        return posted;
    }
}
