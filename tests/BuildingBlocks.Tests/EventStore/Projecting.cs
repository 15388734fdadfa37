using System.Diagnostics;
using Loyalty.EventStore;
using Loyalty.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.EventStore;

public sealed class Projecting(PostgresServer server)
{
    private readonly Guid id = Guid.NewGuid();

    [Fact]
    public async Task keeps_the_view_up_with_the_log()
    {
        await using var store = await Started();

        await store.Append<Purse>(id, new PointsPut(5));
        await store.Append<Purse>(id, new PointsTaken(2));
        await ForeignWriter.Write(store.Database, id);

        await Reaches(store, 3);
        (await Balance(store)).ShouldBe("4 after 3");
        (await Mark(store)).ShouldBe(3);
    }

    [Fact]
    public async Task has_its_tables_before_the_service_serves()
    {
        await using var store = await Started();

        (await store.Ask<long>("select count(*) from totals.purse")).ShouldBe(0);
    }

    [Fact]
    public async Task moves_rows_and_mark_together_or_not_at_all()
    {
        await using var store = await Started();
        await store.Append<Purse>(id, new PointsPut(5));
        await Reaches(store, 1);

        // The view's rows are written before this event is found to be unlucky.
        await store.Append<Purse>(id, new PointsPut(TotalsView.Unlucky));

        await Stops(store);
        (await Balance(store)).ShouldBe("5 after 1");
        (await Mark(store)).ShouldBe(1);
    }

    [Fact]
    public async Task stops_before_the_event_it_cannot_apply_and_names_it()
    {
        await using var store = await StoreUnderTest.On(server, o => o.Project<TotalsView>());
        await store.Append<Purse>(id, new PointsPut(1), new PointsPut(2), new PointsPut(TotalsView.Unlucky), new PointsPut(4));

        await store.StartDaemon();

        (await Stops(store)).ShouldBe(new ProjectionStatus(2, "Event 3 (points-put) can't be applied: Thirteen is unlucky."));
        (await Balance(store)).ShouldBe("3 after 2");
        (await Mark(store)).ShouldBe(2);
    }

    [Fact]
    public async Task stops_before_an_event_whose_name_it_does_not_know()
    {
        await using var store = await Started();
        await store.Append<Purse>(id, new PointsPut(1));
        await ForeignWriter.Write(store.Database, id, "points-doubled");
        await ForeignWriter.Write(store.Database, id);

        var status = await Stops(store);
        status.Stopped!.ShouldContain("Event 2");
        status.Stopped!.ShouldContain("'points-doubled'");
        (await Mark(store)).ShouldBe(1);
        (await Balance(store)).ShouldBe("1 after 1");
    }

    [Fact]
    public async Task goes_on_by_itself_once_it_can_apply_the_event()
    {
        await using var store = await Started();
        await store.Append<Purse>(id, new PointsPut(1), new PointsPut(TotalsView.Unlucky), new PointsPut(2));
        await Stops(store);

        (await Readiness(store)).ShouldBe(HealthStatus.Degraded);

        store.Get<TotalsView>().KnowsUnlucky = true;

        await Reaches(store, 3);
        store.Daemon.Status["totals"].Stopped.ShouldBeNull();
        (await Readiness(store)).ShouldBe(HealthStatus.Healthy);
        (await Balance(store)).ShouldBe("16 after 3");
    }

    [Fact]
    public async Task goes_on_after_a_restart_of_the_service_where_it_was()
    {
        await using var store = await Started();
        await store.Append<Purse>(id, new PointsPut(1));
        await Reaches(store, 1);
        await store.StopDaemon();
        await store.Append<Purse>(id, new PointsPut(2));

        await using var restarted = store.InAnotherProcess(o => o.Project<TotalsView>());
        await restarted.StartDaemon();

        await Reaches(restarted, 2);
        (await Balance(store)).ShouldBe("3 after 2");
    }

    [Fact]
    public async Task runs_in_one_of_two_processes_and_the_other_takes_over()
    {
        await using var first = await Started();
        await first.Append<Purse>(id, new PointsPut(1));
        await Reaches(first, 1);
        await using var second = first.InAnotherProcess(o => o.Project<TotalsView>());
        await second.StartDaemon();

        for (var i = 2; i < 20; i++)
            await second.Append<Purse>(id, new PointsPut(1));
        await Reaches(first, 19);
        second.Daemon.Status.ShouldBeEmpty();
        await first.StopDaemon();
        await second.Append<Purse>(id, new PointsPut(1));

        await Reaches(second, 20);
        first.Daemon.Status["totals"].Mark.ShouldBe(19);
        (await Balance(second)).ShouldBe("20 after 20");
    }

    [Fact]
    public async Task goes_on_when_every_connection_is_cut()
    {
        await using var store = await Started();
        await store.Append<Purse>(id, new PointsPut(1));
        await Reaches(store, 1);

        await store.Do("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        await ForeignWriter.Write(store.Database, id);

        await Reaches(store, 2);
        (await Balance(store)).ShouldBe("2 after 2");
    }

    [Fact]
    public async Task applies_a_commit_of_the_same_process_well_under_a_tenth_of_a_second()
    {
        await using var store = await Started();
        var took = new List<TimeSpan>();
        for (var sequence = 1; sequence <= 15; sequence++)
        {
            await store.Append<Purse>(id, new PointsPut(1));
            var watch = Stopwatch.StartNew();
            await store.Get<TotalsView>().HasApplied(sequence).WaitAsync(TimeSpan.FromSeconds(20));
            took.Add(watch.Elapsed);

            // Before the next commit the daemon finds, in two looks, that there is no more, and waits. Ten of ours take longer.
            await Reaches(store, sequence);
            for (var look = 0; look < 10; look++)
                await store.Log.HighestVisible(default);
        }

        took.Sort();
        // The median, because the machine that runs the tests is busy; looking alone, without the signal, takes up to 100 ms.
        took[took.Count / 2].ShouldBeLessThan(TimeSpan.FromMilliseconds(40));
    }

    private async Task<StoreUnderTest> Started()
    {
        var store = await StoreUnderTest.On(server, o => o.Project<TotalsView>());
        await store.StartDaemon();
        return store;
    }

    private static Task Reaches(StoreUnderTest store, long mark) =>
        Eventually.Holds(() => store.Daemon.Status.GetValueOrDefault("totals")?.Mark == mark);

    private static async Task<HealthStatus> Readiness(StoreUnderTest store) =>
        (await store.Get<HealthCheckService>().CheckHealthAsync()).Entries["projections"].Status;

    private static async Task<ProjectionStatus> Stops(StoreUnderTest store)
    {
        await Eventually.Holds(() => store.Daemon.Status.GetValueOrDefault("totals")?.Stopped is not null);
        return store.Daemon.Status["totals"];
    }

    private Task<string> Balance(StoreUnderTest store) =>
        store.Ask<string>("select balance || ' after ' || events from totals.purse where id = $1", id);

    private static Task<long> Mark(StoreUnderTest store) =>
        store.Ask<long>("select last_seq_id from mt_event_progression where name = 'totals:All'");
}
