using Loyalty.EventStore;
using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.EventStore;

public sealed class RebuildingProjections(PostgresServer server)
{
    private readonly Guid[] purses = [.. Enumerable.Range(0, 5).Select(_ => Guid.NewGuid())];

    [Fact]
    public async Task comes_out_equal_to_the_live_view()
    {
        await using var store = await Filled();

        (await Rebuild(store)).ShouldBe(new RebuildResult(15, DifferentRows: 0));

        (await IsTheFoldOfTheLog(store)).ShouldBeTrue();
        await store.Append<Purse>(purses[0], new PointsPut(1));
        await Reaches(store, 16);
        (await IsTheFoldOfTheLog(store)).ShouldBeTrue();
        (await store.Ask<long>("select count(*) from pg_namespace where nspname like 'totals%'")).ShouldBe(1);
    }

    [Fact]
    public async Task counts_the_rows_of_a_live_view_that_is_wrong_and_puts_them_right()
    {
        await using var store = await Filled();
        await store.Do("update totals.purse set balance = balance + 1 where id = $1", purses[0]);
        await store.Do("delete from totals.purse where id = $1", purses[1]);

        (await Rebuild(store)).DifferentRows.ShouldBe(3);

        (await IsTheFoldOfTheLog(store)).ShouldBeTrue();
        (await Rebuild(store)).DifferentRows.ShouldBe(0);
    }

    [Fact]
    public async Task starts_afresh_after_an_interrupted_rebuild()
    {
        await using var store = await Filled();
        await store.Do("create schema totals_rebuild; create table totals_rebuild.purse (half int); grant all on schema totals_rebuild to public");
        await store.Do($"alter schema totals_rebuild owner to {await Role(store)}");
        await store.Do($"alter table totals_rebuild.purse owner to {await Role(store)}");

        (await Rebuild(store)).DifferentRows.ShouldBe(0);
    }

    [Fact]
    public async Task happens_by_itself_when_the_code_declares_other_tables()
    {
        await using var store = await Filled();
        await store.StopDaemon();
        await using var newer = store.InAnotherProcess(o => o.Project<TotalsView>());
        var view = newer.Get<TotalsView>();
        view.Tables = view.Tables.Replace(")", ", remark text default 'new')", StringComparison.Ordinal);

        await newer.StartDaemon();
        await newer.Append<Purse>(purses[0], new PointsPut(1));

        await Reaches(newer, 16);
        (await newer.Ask<long>("select count(*) from totals.purse where remark = 'new'")).ShouldBe(5);
        (await IsTheFoldOfTheLog(newer)).ShouldBeTrue();
    }

    [Fact]
    public async Task serves_and_loses_nothing_while_others_write_and_read()
    {
        await using var store = await Filled();
        using var done = new CancellationTokenSource();
        var writing = Enumerable.Range(0, 3).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            while (!done.IsCancellationRequested)
                await store.AppendPatiently(purses[random.Next(5)], new PointsPut(random.Next(1, 5) * 2), new PointsTaken(1));
        }));
        var reading = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                (await store.Ask<long>("select count(*) from totals.purse")).ShouldBe(5, "the old view serves until the new one does");
        });
        var tasks = writing.Append(reading).ToList();

        for (var i = 0; i < 6; i++)
            (await Rebuild(store)).DifferentRows.ShouldBe(0);
        await done.CancelAsync();
        await Task.WhenAll(tasks);

        await Reaches(store, await store.Log.HighestVisible(default));
        (await IsTheFoldOfTheLog(store)).ShouldBeTrue();
        (await Rebuild(store)).DifferentRows.ShouldBe(0);
    }

    [Fact]
    public async Task passes_holes_that_the_live_view_has_passed_while_a_writer_is_stuck()
    {
        await using var store = await Filled();
        await store.Do("select nextval('mt_events_sequence')");
        await store.Append<Purse>(purses[0], new PointsPut(1));
        await Reaches(store, 17);
        await using var stuck = await ForeignWriter.On(store.Database);
        await stuck.Append(Guid.NewGuid());

        (await Rebuild(store)).ShouldBe(new RebuildResult(17, DifferentRows: 0));
    }

    private async Task<StoreUnderTest> Filled()
    {
        var store = await StoreUnderTest.On(server, o => o.Project<TotalsView>());
        await store.StartDaemon();
        foreach (var purse in purses)
            await store.Append<Purse>(purse, new PointsPut(10), new PointsPut(4), new PointsTaken(3));
        await Reaches(store, 15);
        return store;
    }

    private static Task<RebuildResult> Rebuild(StoreUnderTest store) => store.Rebuild.Run(store.Get<TotalsView>(), default);

    private static Task Reaches(StoreUnderTest store, long mark) =>
        Eventually.Holds(() => store.Daemon.Status.GetValueOrDefault("totals")?.Mark == mark);

    private static Task<string> Role(StoreUnderTest store) =>
        store.Ask<string>("select pg_get_userbyid(nspowner)::text from pg_namespace where nspname = 'totals'");

    private static Task<bool> IsTheFoldOfTheLog(StoreUnderTest store) => store.Ask<bool>(
        """
        with folded as (
            select stream_id, sum((data->>'Points')::bigint * case type when 'points-taken' then -1 else 1 end)::bigint as balance, count(*) as events
            from mt_events group by stream_id)
        select count(*) = 0 from folded full join totals.purse p on p.id = stream_id
        where (p.balance, p.events) is distinct from (folded.balance, folded.events)
        """);
}
