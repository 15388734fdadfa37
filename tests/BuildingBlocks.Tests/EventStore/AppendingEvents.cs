using Loyalty.EventStore;
using Loyalty.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.EventStore;

public sealed class AppendingEvents(PostgresServer server)
{
    private readonly Guid id = Guid.NewGuid();

    [Fact]
    public async Task starts_a_stream_and_goes_on_where_it_was_fetched()
    {
        await using var store = await StoreUnderTest.On(server);

        var started = await store.Append<Purse>(id, new PointsPut(5), new PointsPut(7));
        var appended = await store.Append<Purse>(id, new PointsTaken(2));

        (started.Version, started.State.Balance).ShouldBe((2, 12));
        (appended.Version, appended.State.Balance).ShouldBe((3, 10));
        var events = await store.Documents.FetchStream(id);
        events.Select(e => (e.Version, e.Name, e.Data)).ShouldBe(
            [(1, "points-put", new PointsPut(5)), (2, "points-put", new PointsPut(7)), (3, "points-taken", new PointsTaken(2))]);
        (await store.Ask<string>("select type || ' ' || version from mt_streams where id = $1", id)).ShouldBe("purse 3");
        (await store.Ask<string>("select data::text from mt_events where seq_id = 1")).ShouldBe("""{"Points": 5}""");
    }

    [Fact]
    public async Task says_who_caused_each_event_and_in_which_trace()
    {
        await using var store = await StoreUnderTest.On(server);
        await using var session = store.Documents.OpenSession(new Origin("operator:anna", "00-trace-1"));
        var stream = session.Append(await session.FetchForWriting<Purse>(id, default), [new PointsPut(1)]);
        session.Append(stream, [new PointsPut(2)], new Origin("partner:GROCERY/till-1", null));
        await session.SaveChanges(default);
        await ForeignWriter.Write(store.Database, id);

        (await store.Documents.FetchStream(id)).Select(e => (e.CausedBy, e.TraceParent)).ShouldBe(
            [("operator:anna", "00-trace-1"), ("partner:GROCERY/till-1", null), ("", null)]);
    }

    [Fact]
    public async Task writes_many_streams_in_one_commit_in_the_order_they_were_appended()
    {
        await using var store = await StoreUnderTest.On(server);
        var existing = Guid.NewGuid();
        await store.Append<Purse>(existing, new PointsPut(1));

        await using var session = store.Open();
        var first = session.Append(await session.FetchForWriting<Purse>(id, default), [new PointsPut(10)]);
        session.Append(await session.FetchForWriting<Counter>(Guid.NewGuid(), default), [new PointsPut(11)]);
        session.Append(await session.FetchForWriting<Purse>(existing, default), [new PointsPut(12)]);
        session.Append(first, [new PointsPut(13)]);
        await session.SaveChanges(default);

        var page = await store.Log.Read(1, 100, default);
        page.Events.Select(e => ((PointsPut)e.Data).Points).ShouldBe([10, 11, 12, 13]);
        page.Events.Select(e => e.RecordedAt).Distinct().Count().ShouldBe(1);
        (await store.Documents.FetchStream(id)).Select(e => e.Version).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task lets_one_of_two_sessions_win_and_burns_no_number()
    {
        await using var store = await StoreUnderTest.On(server);
        await store.Append<Purse>(id, new PointsPut(1));
        await using var one = store.Open();
        await using var other = store.Open();
        var untouched = Guid.NewGuid();
        one.Append(await one.FetchForWriting<Purse>(id, default), [new PointsPut(10)]);
        other.Append(await other.FetchForWriting<Purse>(untouched, default), [new PointsPut(99)]);
        other.Append(await other.FetchForWriting<Purse>(id, default), [new PointsPut(100)]);

        await one.SaveChanges(default);
        await Should.ThrowAsync<ConcurrencyException>(() => other.SaveChanges(default));

        (await store.Documents.AggregateStream<Purse>(id))!.Balance.ShouldBe(11);
        (await store.Documents.FetchStream(untouched)).ShouldBeEmpty();
        (await store.SequenceStandsAt()).ShouldBe(2);
        other.Discard();
        other.Append(await other.FetchForWriting<Purse>(id, default), [new PointsPut(100)]);
        await other.SaveChanges(default);
        (await store.Documents.AggregateStream<Purse>(id))!.Balance.ShouldBe(111);
    }

    [Fact]
    public async Task lets_one_of_two_sessions_start_a_stream()
    {
        await using var store = await StoreUnderTest.On(server);
        await using var one = store.Open();
        await using var other = store.Open();
        var absent = await one.FetchForWriting<Counter>(id, default);
        one.Append(absent, [new PointsPut(1)]);
        other.Append(absent, [new PointsPut(2)]);

        var outcomes = await Task.WhenAll(Saved(one), Saved(other));

        outcomes.Count(saved => saved).ShouldBe(1);
        (await store.SequenceStandsAt()).ShouldBe(1);
    }

    [Fact]
    public async Task refuses_to_go_on_with_a_stream_that_is_not_there()
    {
        await using var store = await StoreUnderTest.On(server);
        await using var session = store.Open();
        session.Append(new EventStream<Purse>(id, Purse.Initial(id), 3), [new PointsPut(1)]);

        (await Saved(session)).ShouldBeFalse();
        (await store.SequenceStandsAt()).ShouldBe(0);
    }

    [Fact]
    public async Task refuses_an_event_without_a_stored_name()
    {
        await using var store = await StoreUnderTest.On(server);
        await using var session = store.Open();
        session.Append(new EventStream<Nameless>(id, Nameless.Initial(id), 0), [new Receipt("no event")]);

        await Should.ThrowAsync<InvalidOperationException>(() => session.SaveChanges(default));
    }

    [Fact]
    public async Task leaves_no_hole_under_eight_concurrent_writers()
    {
        await using var store = await StoreUnderTest.On(server);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 5; i++)
                await store.AppendPatiently(id, new PointsPut(1));
        })));

        (await store.Documents.FetchStream(id)).Select(e => e.Version).ShouldBe(Enumerable.Range(1, 40).Select(v => (long)v));
        (await store.SequenceStandsAt()).ShouldBe(40);
        (await store.Documents.Load<Purse>(id))!.State.Balance.ShouldBe(40);
    }

    [Fact]
    public async Task never_deadlocks_when_sessions_name_shared_streams_in_different_orders()
    {
        await using var store = await StoreUnderTest.On(server);
        var (low, high) = Guid.NewGuid() is var other && other.CompareTo(id) < 0 ? (other, id) : (id, other);
        await store.Append<Counter>(low, new PointsPut(1));
        await store.Append<Counter>(high, new PointsPut(1));
        await using var holder = await ForeignWriter.On(store.Database);
        await holder.Append(low);
        await using var upwards = await Appending(low, high);
        await using var downwards = await Appending(high, low);

        // The first waits for the low stream. Had the second taken the high one before it waits, each would wait for the other.
        var first = upwards.SaveChanges(default);
        await Eventually.Holds(async () => (await Waiting()).ShouldBe(1));
        var second = downwards.SaveChanges(default);
        await Eventually.Holds(async () => (await Waiting()).ShouldBe(2));
        await holder.RollBack();

        await first;
        var refusal = await Should.ThrowAsync<ConcurrencyException>(() => second);
        ((PostgresException)refusal.InnerException!).SqlState.ShouldBe(PostgresErrorCodes.SerializationFailure);

        async Task<Session> Appending(params Guid[] streams)
        {
            var session = store.Open();
            foreach (var stream in streams)
                session.Append(await session.FetchForWriting<Counter>(stream, default), [new PointsPut(1)]);
            return session;
        }

        Task<long> Waiting() => store.Ask<long>(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()");
    }

    [Fact]
    public async Task never_scans_the_streams_even_while_they_are_few()
    {
        await using var store = await StoreUnderTest.On(server);
        await store.Append<Counter>(id, new PointsPut(1));
        await store.Do("insert into mt_streams (id, version) select gen_random_uuid(), 1 from generate_series(1, 60)");
        await store.Do("analyze mt_streams");
        await using var connection = await store.Documents.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var session = store.Documents.OpenSession(StoreUnderTest.Till, transaction);

        for (var i = 0; i < 8; i++)
        {
            session.Append(await session.FetchForWriting<Counter>(id, default), [new PointsPut(1)]);
            await session.SaveChanges(default);
        }

        await using var scans = new NpgsqlCommand("select seq_scan from pg_stat_xact_user_tables where relname = 'mt_streams'", connection);
        (await scans.ExecuteScalarAsync()).ShouldBe(0L);
    }

    private static async Task<bool> Saved(Session session)
    {
        try
        {
            await session.SaveChanges(default);
            return true;
        }
        catch (ConcurrencyException)
        {
            return false;
        }
    }

    private sealed record Nameless : Loyalty.Kernel.IAggregate<Nameless>
    {
        public static string Alias => "nameless";

        public static Nameless Initial(Guid streamId) => new();

        public Nameless When(object @event) => this;
    }
}
