using Loyalty.EventStore;
using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.EventStore;

public sealed class KeepingStatesNowAndThen(PostgresServer server)
{
    private readonly Guid id = Guid.NewGuid();

    [Fact]
    public async Task writes_a_state_only_where_a_version_passes_a_multiple()
    {
        await using var store = await Store();
        var kept = new List<string>();

        for (var i = 0; i < 9; i++)
        {
            await store.Append<Counter>(id, new PointsPut(1));
            kept.Add(await Kept(store));
        }

        kept.ShouldBe(["", "", "", "4: 4", "4: 4", "4: 4", "4: 4", "8: 8", "8: 8"]);
    }

    [Fact]
    public async Task writes_the_latest_state_when_many_facts_at_once_pass_it()
    {
        await using var store = await Store();
        await store.Append<Counter>(id, new PointsPut(1), new PointsPut(1), new PointsPut(1));

        await store.Append<Counter>(id, new PointsPut(1), new PointsPut(1), new PointsPut(1));

        (await Kept(store)).ShouldBe("6: 6");
    }

    [Fact]
    public async Task folds_later_facts_onto_the_kept_state()
    {
        await using var store = await Store();
        for (var i = 0; i < 7; i++) await store.Append<Counter>(id, new PointsPut(1));
        await store.Do("""update counter_snapshots set data = data || '{"Total": 1000}' where id = $1""", id);

        var loaded = (await store.Documents.Load<Counter>(id))!;

        (loaded.Version, loaded.State.Total).ShouldBe((7, 1003));
    }

    [Fact]
    public async Task a_rebuild_leaves_alone_what_is_behind_as_it_may_be()
    {
        await using var store = await Store();
        for (var i = 0; i < 7; i++) await store.Append<Counter>(id, new PointsPut(1));

        var found = (await store.Documents.RebuildSnapshots(default))["counter"];

        found.ShouldBe(new SnapshotResult(Streams: 1, Events: 7, Different: 0));
        (await Kept(store)).ShouldBe("4: 4");
    }

    [Theory]
    [InlineData("delete from counter_snapshots where id = $1")]
    [InlineData("""update counter_snapshots set data = data || '{"Total": 1000}' where id = $1""")]
    [InlineData("""update counter_snapshots set data = '[]' where id = $1""")]
    [InlineData("update counter_snapshots set mt_version = 3 where id = $1")]
    [InlineData("update counter_snapshots set mt_version = 11 where id = $1")]
    public async Task a_rebuild_puts_right_what_is_lost_or_wrong_or_too_far_behind(string damage)
    {
        await using var store = await Store();
        for (var i = 0; i < 10; i++) await store.Append<Counter>(id, new PointsPut(1));
        await store.Do(damage, id);

        (await store.Documents.RebuildSnapshots(default))["counter"].Different.ShouldBe(1);

        (await Kept(store)).ShouldBe("10: 10");
        (await store.Documents.RebuildSnapshots(default))["counter"].Different.ShouldBe(0);
    }

    private Task<StoreUnderTest> Store() => StoreUnderTest.On(server, options => options.SnapshotEvery<Counter>(4));

    private Task<string> Kept(StoreUnderTest store) =>
        store.Ask<string>("select coalesce((select mt_version || ': ' || (data->>'Total') from counter_snapshots where id = $1), '')", id);
}
