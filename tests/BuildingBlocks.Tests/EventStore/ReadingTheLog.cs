using System.Collections.Concurrent;
using Loyalty.EventStore;
using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.EventStore;

public sealed class ReadingTheLog(PostgresServer server)
{
    private readonly Guid id = Guid.NewGuid();

    [Fact]
    public async Task misses_nothing_while_writers_commit_out_of_order_and_roll_back()
    {
        await using var store = await StoreUnderTest.On(server);
        using var writersDone = new CancellationTokenSource();
        var committed = new ConcurrentBag<long>();
        var following = Follow(store, writersDone.Token);
        var naive = FollowNaively(store, writersDone.Token);

        var writing = Enumerable.Range(0, 8).Select(writer => Task.Run(() => WriteAtRandom(store, new Random(writer), committed)));
        var ours = Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
                await store.Append<Purse>(Guid.NewGuid(), new PointsPut(1), new PointsPut(2));
        });
        await Task.WhenAll([.. writing, ours]);
        await writersDone.CancelAsync();

        var inLog = await Sequences(store);
        inLog.Count.ShouldBe(committed.Count + 200);
        (await following).ShouldBe(inLog);
        inLog.Except(await naive).ShouldNotBeEmpty("the run must be one in which trusting max(seq_id) loses events, or it proves nothing");
        (await store.SequenceStandsAt()).ShouldBeGreaterThan(inLog.Count, "some numbers must have been burned");
    }

    [Fact]
    public async Task waits_for_a_stuck_writer_and_goes_on_when_it_dies()
    {
        await using var store = await StoreUnderTest.On(server);
        await store.Append<Purse>(id, new PointsPut(1));
        await using var stuck = await ForeignWriter.On(store.Database);
        (await stuck.Append(Guid.NewGuid())).ShouldBe(2);
        await store.Append<Purse>(id, new PointsPut(3));

        (await store.Log.Read(0, 100, default)).LastSequence.ShouldBe(1);
        (await store.Log.Read(1, 100, default)).ShouldBe(new LogPage([], 1), new PagesBySequence());
        var patient = store.Log.Read(1, 100, default);
        await store.Ask<bool>("select pg_terminate_backend($1)", stuck.ProcessId);

        (await patient).Events.ShouldHaveSingleItem().Sequence.ShouldBe(3);
    }

    [Fact]
    public async Task waits_for_a_foreign_writer_that_commits_late()
    {
        await using var store = await StoreUnderTest.On(server);
        await using var late = await ForeignWriter.On(store.Database);
        await late.Append(Guid.NewGuid());
        await store.Append<Purse>(id, new PointsPut(2));

        var reading = store.Log.Read(0, 100, default);
        await late.Commit();

        (await reading).Events.Select(e => (e.Sequence, e.CausedBy)).ShouldBe([(1, ""), (2, StoreUnderTest.Till.CausedBy)]);
    }

    [Fact]
    public async Task does_not_wait_for_transactions_that_took_no_number()
    {
        await using var store = await StoreUnderTest.On(server);
        await using var bystander = await StoreUnderTest.ConnectAs(store.Database.Service);
        await using var open = await bystander.BeginTransactionAsync();
        await StoreUnderTest.Command("insert into notes values ('busy')", bystander).ExecuteNonQueryAsync();
        await Burn(store, 3);
        await store.Append<Purse>(id, new PointsPut(2));

        (await store.Log.Read(0, 100, default)).LastSequence.ShouldBe(4);
    }

    [Fact]
    public async Task passes_over_tombstones()
    {
        await using var store = await StoreUnderTest.On(server);
        await store.Append<Purse>(id, new PointsPut(1));
        await ForeignWriter.Write(store.Database, Guid.NewGuid(), "tombstone", "{}");

        (await store.Log.Read(0, 100, default)).Events.ShouldHaveSingleItem();
        (await store.Log.Read(1, 100, default)).ShouldBe(new LogPage([], 2), new PagesBySequence());
    }

    [Fact]
    public async Task reads_in_pages_and_says_when_there_is_no_more()
    {
        await using var store = await StoreUnderTest.On(server);
        await store.Append<Purse>(id, [.. Enumerable.Repeat<object>(new PointsPut(1), 3)]);
        await Burn(store, 2);
        await store.Append<Purse>(id, [.. Enumerable.Repeat<object>(new PointsPut(1), 4)]);

        var (read, pages) = (new List<long>(), new List<long>());
        for (LogPage page = new([], 0); ; read.AddRange(page.Events.Select(e => e.Sequence)), pages.Add(page.LastSequence))
        {
            var next = await store.Log.Read(page.LastSequence, 2, default);
            if (next.LastSequence == page.LastSequence)
                break;
            page = next;
        }

        read.ShouldBe([1, 2, 3, 6, 7, 8, 9]);
        pages.ShouldBe([2, 6, 8, 9]);
        (await store.Log.HighestVisible(default)).ShouldBe(9);
    }

    [Fact]
    public async Task ends_a_page_early_where_facts_are_long_and_still_misses_nothing()
    {
        await using var store = await StoreUnderTest.On(server);
        await store.Append<Purse>(id, new PointsPut(1));
        var padding = new string('x', 3 * 1024 * 1024);
        for (var i = 0; i < 3; i++) await ForeignWriter.Write(store.Database, id, data: $$"""{"Points": 1, "Padding": "{{padding}}"}""");

        // Twice: from the database, and from what is kept of it.
        for (var i = 0; i < 2; i++)
        {
            var first = await store.Log.Read(0, 100, default);
            var second = await store.Log.Read(first.LastSequence, 100, default);
            first.Events.Select(e => e.Sequence).ShouldBe([1, 2, 3]);
            second.Events.Select(e => e.Sequence).ShouldBe([4]);
        }
    }

    [Fact]
    public async Task reads_what_it_understands_before_it_stops()
    {
        await using var store = await StoreUnderTest.On(server);
        await store.Append<Purse>(id, new PointsPut(1), new PointsPut(2));
        await ForeignWriter.Write(store.Database, id, "points-doubled");
        await store.Append<Purse>(Guid.NewGuid(), new PointsPut(3));

        (await store.Log.Read(0, 100, default)).LastSequence.ShouldBe(2);
        (await Should.ThrowAsync<UnreadableEventException>(() => store.Log.Read(2, 100, default))).Message.ShouldContain("Event 3");
    }

    [Fact]
    public async Task wakes_up_for_a_commit_of_the_same_process_and_finds_those_of_others()
    {
        await using var store = await StoreUnderTest.On(server);
        await using var other = store.InAnotherProcess();

        var waiting = store.Log.WaitForMore(0, default);
        waiting.IsCompleted.ShouldBeFalse();
        await other.Append<Purse>(id, new PointsPut(1));
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));

        var again = store.Log.WaitForMore(1, default);
        await store.Append<Purse>(id, new PointsPut(1));
        await again.WaitAsync(TimeSpan.FromSeconds(10));
        await store.Log.WaitForMore(0, default).WaitAsync(TimeSpan.FromSeconds(10));

        using var cancel = new CancellationTokenSource();
        var pointless = store.Log.WaitForMore(2, cancel.Token);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => pointless);
    }

    private static async Task WriteAtRandom(StoreUnderTest store, Random random, ConcurrentBag<long> committed)
    {
        await using var writer = await ForeignWriter.On(store.Database);
        for (var i = 0; i < 60; i++)
        {
            if (i > 0)
                await writer.BeginAgain();
            var sequence = await writer.Append(Guid.NewGuid());
            // Random pauses are what this test is about: they make commits overtake each other.
            await Task.Delay(random.Next(20));
            if (random.Next(4) == 0)
            {
                await writer.RollBack();
            }
            else
            {
                await writer.Commit();
                committed.Add(sequence);
            }
        }
    }

    private static async Task<List<long>> Follow(StoreUnderTest store, CancellationToken writersDone)
    {
        var (seen, mark) = (new List<long>(), 0L);
        while (true)
        {
            var noneLeft = writersDone.IsCancellationRequested;
            var page = await store.Log.Read(mark, 50, default);
            seen.AddRange(page.Events.Select(e => e.Sequence));
            if (page.LastSequence == mark && noneLeft)
                return seen;
            mark = page.LastSequence;
        }
    }

    private static async Task<List<long>> FollowNaively(StoreUnderTest store, CancellationToken writersDone)
    {
        var (seen, mark) = (new List<long>(), 0L);
        while (true)
        {
            var noneLeft = writersDone.IsCancellationRequested;
            var found = await Sequences(store, mark);
            seen.AddRange(found);
            if (found.Count == 0 && noneLeft)
                return seen;
            mark = found.Count == 0 ? mark : found[^1];
        }
    }

    private static async Task<List<long>> Sequences(StoreUnderTest store, long after = 0) =>
        [.. await store.Ask<long[]>("select coalesce(array_agg(seq_id order by seq_id), '{}') from mt_events where seq_id > $1", after)];

    private static Task Burn(StoreUnderTest store, int count) =>
        store.Do("select nextval('mt_events_sequence') from generate_series(1, $1)", count);

    private sealed class PagesBySequence : IEqualityComparer<LogPage>
    {
        public bool Equals(LogPage? x, LogPage? y) =>
            x!.LastSequence == y!.LastSequence && x.Events.Select(e => e.Sequence).SequenceEqual(y.Events.Select(e => e.Sequence));

        public int GetHashCode(LogPage obj) => obj.LastSequence.GetHashCode();
    }
}
