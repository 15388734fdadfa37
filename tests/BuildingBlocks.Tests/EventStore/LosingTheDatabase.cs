using Loyalty.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.EventStore;

/// <summary>On a PostgreSQL of its own, because it is ended as by a power cut.</summary>
public sealed class LosingTheDatabase(PostgresServer server) : IClassFixture<PostgresServer>
{
    private readonly Guid id = Guid.NewGuid();

    [Fact]
    public async Task keeps_what_was_committed_and_holds_no_reader_at_the_jump_of_the_sequence()
    {
        await using var store = await StoreUnderTest.On(server, o => o.Project<TotalsView>());
        await store.StartDaemon();
        await store.Append<Purse>(id, new PointsPut(1), new PointsPut(2));
        await using var writer = await ForeignWriter.On(store.Database);
        await writer.Append(Guid.NewGuid());

        await server.Kill();
        await server.Start();
        await Eventually.Holds(() => store.Append<Purse>(id, new PointsPut(4)));

        var events = await store.Documents.FetchStream(id);
        events.Select(e => e.Version).ShouldBe([1, 2, 3]);
        events[^1].Sequence.ShouldBeGreaterThan(4, "the sequence must have jumped, or this proves nothing");
        (await store.Log.Read(2, 100, default)).Events.ShouldHaveSingleItem().Version.ShouldBe(3);
        await Eventually.Holds(() => store.Daemon.Status["totals"] is { Stopped: null } status && status.Mark == events[^1].Sequence);
        (await store.Ask<string>("select balance || ' after ' || events from totals.purse")).ShouldBe("7 after 3");
    }

    [Fact]
    public async Task goes_on_projecting_after_a_restart()
    {
        await using var store = await StoreUnderTest.On(server, o => o.Project<TotalsView>());
        await store.StartDaemon();
        for (var round = 1; round <= 2; round++)
        {
            await Eventually.Holds(() => store.Append<Purse>(id, new PointsPut(1)));
            await Eventually.Holds(() => store.Daemon.Status.GetValueOrDefault("totals")?.Mark >= round);
            await server.Restart();
        }

        await Eventually.Holds(() => store.Append<Purse>(id, new PointsPut(1)));

        await Eventually.Holds(async () => (await store.Ask<string>("select balance || ' after ' || events from totals.purse")).ShouldBe("3 after 3"));
        store.Daemon.Status["totals"].Stopped.ShouldBeNull();
    }

    [Fact]
    public async Task lets_a_save_fail_while_it_is_away()
    {
        await using var store = await StoreUnderTest.On(server);
        await using var session = store.Open();
        session.Append(await session.FetchForWriting<Purse>(id, default), [new PointsPut(1)]);
        await server.Stop();

        await Should.ThrowAsync<NpgsqlException>(() => session.SaveChanges(default));

        await server.Start();
        await Eventually.Holds(() => session.SaveChanges(default));
        (await store.Documents.FetchStream(id)).ShouldHaveSingleItem();
    }
}
