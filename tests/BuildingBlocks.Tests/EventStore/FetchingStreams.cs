using System.Text.Json;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.EventStore;

public sealed class FetchingStreams(PostgresServer server)
{
    private static readonly DateTimeOffset Monday = new(2017, 3, 6, 12, 0, 0, TimeSpan.Zero);

    private readonly Guid id = Guid.NewGuid();

    [Fact]
    public async Task finds_the_initial_state_where_there_is_no_stream()
    {
        await using var store = await StoreUnderTest.On(server);
        await using var session = store.Open();

        var stream = await session.FetchForWriting<Purse>(id, default);

        (stream.Version, stream.State.Balance, stream.State.Id).ShouldBe((0, 0, id));
        (await store.Documents.Load<Purse>(id)).ShouldBeNull();
        (await store.Documents.AggregateStream<Purse>(id)).ShouldBeNull();
        (await store.Documents.FetchStream(id)).ShouldBeEmpty();
        (await store.Documents.LoadDocument<Receipt>(id)).ShouldBeNull();
    }

    [Fact]
    public async Task finds_nothing_under_the_id_of_a_stream_of_another_kind()
    {
        await using var store = await StoreUnderTest.On(server);
        await store.Append<Purse>(id, new PointsPut(5));
        await using var session = store.Open();

        (await store.Documents.Load<Diary>(id)).ShouldBeNull();
        (await session.FetchForWriting<Diary>(id, default)).Version.ShouldBe(0);
    }

    [Fact]
    public async Task finds_in_the_snapshot_what_the_events_fold_to()
    {
        await using var store = await StoreUnderTest.On(server);
        await store.Append<Purse>(id, new PointsPut(5), new PointsPut(6), new PointsPut(7));
        await store.Append<Purse>(id, new PointsTaken(3), new PointsPut(8));

        var loaded = await store.Documents.Load<Purse>(id);
        var folded = await store.Documents.AggregateStream<Purse>(id);

        loaded!.Version.ShouldBe(5);
        JsonSerializer.Serialize(loaded.State).ShouldBe(JsonSerializer.Serialize(folded));
        folded!.Balance.ShouldBe(23);
        folded.Puts.ShouldBe([6, 7, 8]);
        (await store.Ask<string>(
            "select mt_version || ' ' || mt_dotnet_type || ' ' || (data->>'Balance') from mt_doc_purse where id = $1", id))
            .ShouldBe($"5 {typeof(Purse).FullName} 23");
    }

    [Fact]
    public async Task starts_from_the_snapshot_rather_than_from_the_first_event()
    {
        await using var store = await StoreUnderTest.On(server);
        await store.Append<Purse>(id, new PointsPut(5), new PointsPut(6));
        await store.Do("""update mt_doc_purse set data = data || '{"Balance": 1000}' where id = $1""", id);

        (await store.Documents.Load<Purse>(id))!.State.Balance.ShouldBe(1000);
        (await store.Documents.AggregateStream<Purse>(id))!.Balance.ShouldBe(11);
    }

    [Fact]
    public async Task catches_up_a_snapshot_that_another_writer_left_behind()
    {
        await using var store = await StoreUnderTest.On(server);
        await store.Append<Purse>(id, new PointsPut(5));
        await ForeignWriter.Write(store.Database, id, data: """{"Points": 20}""");
        await ForeignWriter.Write(store.Database, id, "points-taken", """{"Points": 3}""");

        var appended = await store.Append<Purse>(id, new PointsPut(100));

        (appended.Version, appended.State.Balance).ShouldBe((4, 122));
        (await store.Ask<string>("select mt_version || ' ' || (data->>'Balance') from mt_doc_purse where id = $1", id)).ShouldBe("4 122");
        (await store.Documents.AggregateStream<Purse>(id))!.Balance.ShouldBe(122);
    }

    [Fact]
    public async Task goes_on_with_a_stream_that_another_writer_started()
    {
        await using var store = await StoreUnderTest.On(server);
        await ForeignWriter.Write(store.Database, id);

        (await store.Append<Purse>(id, new PointsPut(1))).Version.ShouldBe(2);
        await ForeignWriter.Write(store.Database, id);
        (await store.Documents.Load<Purse>(id))!.State.Balance.ShouldBe(3);
    }

    [Fact]
    public async Task never_mixes_a_snapshot_with_events_of_another_moment()
    {
        await using var store = await StoreUnderTest.On(server);
        await store.Append<Purse>(id, new PointsPut(1));
        await using var connection = await StoreUnderTest.ConnectAs(store.Database.Administrator);
        await using var transaction = await connection.BeginTransactionAsync();
        await StoreUnderTest.Command("lock table mt_events in access exclusive mode", connection).ExecuteNonQueryAsync();

        // A fetch is held before it reads events. Meanwhile the snapshot moves to version 2, and another writer adds version 3.
        var fetching = store.Documents.Load<Purse>(id);
        await Eventually.Holds(() => store.Ask<bool>(
            "select exists (select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database())"));
        await using var session = store.Documents.OpenSession(StoreUnderTest.Till, transaction);
        session.Append(await session.FetchForWriting<Purse>(id, default), [new PointsPut(1)]);
        await session.SaveChanges(default);
        await new ForeignWriter(connection, transaction).Append(id);
        await transaction.CommitAsync();

        var fetched = await fetching;
        (fetched!.Version, fetched.State.Balance).ShouldBe((3, 3));
    }

    [Fact]
    public async Task reads_a_stream_up_to_a_version_or_a_time()
    {
        var clock = new Clock { Now = Monday };
        await using var store = await StoreUnderTest.On(server, clock: clock);
        for (var day = 0; day < 5; day++, clock.Now += TimeSpan.FromDays(1))
            await store.Append<Purse>(id, new PointsPut(1), new PointsPut(1));
        var wednesday = Monday.AddDays(2);

        (await store.Documents.AggregateStream<Purse>(id, upToVersion: 3))!.Balance.ShouldBe(3);
        (await store.Documents.AggregateStream<Purse>(id, upToTime: wednesday))!.Balance.ShouldBe(6);
        (await store.Documents.AggregateStream<Purse>(id, upToTime: wednesday.AddTicks(-10)))!.Balance.ShouldBe(4);
        (await store.Documents.AggregateStream<Purse>(id, upToTime: Monday.AddTicks(-10))).ShouldBeNull();
        (await Versions(afterVersion: 7)).ShouldBe([8, 9, 10]);
        (await Versions(afterVersion: 2, limit: 3)).ShouldBe([3, 4, 5]);
        (await Versions(afterVersion: 2, upToVersion: 4)).ShouldBe([3, 4]);
        (await store.Documents.FetchStream(id, upToTime: Monday)).Select(e => e.RecordedAt).ShouldBe([Monday, Monday]);

        async Task<IEnumerable<long>> Versions(long afterVersion, long? upToVersion = null, int? limit = null) =>
            (await store.Documents.FetchStream(id, afterVersion, upToVersion, limit: limit)).Select(e => e.Version);
    }

    [Fact]
    public async Task refuses_a_stream_with_a_hole()
    {
        await using var store = await StoreUnderTest.On(server);
        await store.Append<Counter>(id, new PointsPut(1), new PointsPut(1), new PointsPut(1));
        await store.Do("delete from mt_events where stream_id = $1 and version = 2", id);

        (await Should.ThrowAsync<InvalidOperationException>(() => store.Documents.Load<Counter>(id))).Message.ShouldContain("between the versions 1 and 3");
    }

    [Fact]
    public async Task refuses_an_event_whose_name_or_body_it_does_not_understand()
    {
        await using var store = await StoreUnderTest.On(server);
        await ForeignWriter.Write(store.Database, id, "points-doubled");
        var other = Guid.NewGuid();
        await ForeignWriter.Write(store.Database, other, "points-put", """{"Points": "many"}""");

        (await Should.ThrowAsync<UnreadableEventException>(() => store.Documents.FetchStream(id))).Message.ShouldContain("'points-doubled'");
        (await Should.ThrowAsync<UnreadableEventException>(() => store.Documents.FetchStream(other))).Message.ShouldContain("'points-put'");
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed record Diary(Guid Id) : IAggregate<Diary>
    {
        public static string Alias => "diary";

        public static Diary Initial(Guid streamId) => new(streamId);

        public Diary When(object @event) => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of a diary.");
    }
}
