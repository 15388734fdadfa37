using Loyalty.EventStore;
using Loyalty.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.EventStore;

public sealed class CommittingTogether(PostgresServer server)
{
    private readonly Guid id = Guid.NewGuid();

    [Fact]
    public async Task writes_events_snapshots_documents_and_rows_of_the_service()
    {
        await using var store = await StoreUnderTest.On(server);
        await using var session = store.Open();
        session.Append(await session.FetchForWriting<Purse>(id, default), [new PointsPut(5)]);
        session.Store(id, new Receipt("five"));
        session.Enlist(Note("bought"));
        await session.SaveChanges(default);

        (await Everything(store)).ShouldBe("1 events, 1 streams, 1 origins, 1 snapshots, 1 receipts, 1 notes");
        (await store.Documents.LoadDocument<Receipt>(id)).ShouldBe(new Receipt("five"));
        session.HasChanges.ShouldBeFalse();
    }

    [Fact]
    public async Task writes_nothing_when_a_later_statement_fails()
    {
        await using var store = await StoreUnderTest.On(server);
        await store.Do("insert into notes values ('bought')");
        await using var session = store.Open();
        session.Append(await session.FetchForWriting<Purse>(id, default), [new PointsPut(5)]);
        session.Store(id, new Receipt("five"));
        session.Enlist(Note("bought"));

        (await Should.ThrowAsync<PostgresException>(() => session.SaveChanges(default))).SqlState.ShouldBe(PostgresErrorCodes.UniqueViolation);

        (await Everything(store)).ShouldBe("0 events, 0 streams, 0 origins, 0 snapshots, 0 receipts, 1 notes");
    }

    [Fact]
    public async Task writes_nothing_when_a_stream_has_moved_on()
    {
        await using var store = await StoreUnderTest.On(server);
        await using var session = store.Open();
        session.Append(await session.FetchForWriting<Purse>(id, default), [new PointsPut(5)]);
        session.Store(id, new Receipt("five"));
        session.Enlist(Note("bought"));
        await store.Append<Purse>(id, new PointsPut(1));

        await Should.ThrowAsync<ConcurrencyException>(() => session.SaveChanges(default));

        (await Everything(store)).ShouldBe("1 events, 1 streams, 1 origins, 1 snapshots, 0 receipts, 0 notes");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task writes_nothing_when_a_stream_that_it_only_rests_on_has_moved_on(int before)
    {
        await using var store = await StoreUnderTest.On(server);
        for (var i = 0; i < before; i++) await store.Append<Purse>(id, new PointsPut(1));
        foreach (var (note, moved) in new[] { ("rests on what is", false), ("rests on what was", true) })
        {
            await using var session = store.Open();
            session.Expect(await session.FetchForWriting<Purse>(id, default));
            session.Enlist(Note(note));
            if (moved) await store.Append<Purse>(id, new PointsPut(1));

            if (moved) await Should.ThrowAsync<ConcurrencyException>(() => session.SaveChanges(default));
            else await session.SaveChanges(default);
        }

        (await Everything(store)).ShouldEndWith("1 notes");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task leaves_the_end_of_a_joined_transaction_to_the_caller(bool commit)
    {
        await using var store = await StoreUnderTest.On(server);
        await using var connection = await store.Documents.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var session = store.Documents.OpenSession(StoreUnderTest.Till, transaction);
        var stream = session.Append(await session.FetchForWriting<Purse>(id, default), [new PointsPut(5)]);
        await session.SaveChanges(default);
        session.Append(stream, [new PointsPut(6)]);
        session.Enlist(Note("received"));
        await session.SaveChanges(default);

        (await session.FetchForWriting<Purse>(id, default)).State.Balance.ShouldBe(11);
        (await Everything(store)).ShouldStartWith("0 events");
        await (commit ? transaction.CommitAsync() : transaction.RollbackAsync());

        (await Everything(store)).ShouldBe(commit
            ? "2 events, 1 streams, 2 origins, 1 snapshots, 0 receipts, 1 notes"
            : "0 events, 0 streams, 0 origins, 0 snapshots, 0 receipts, 0 notes");
    }

    [Fact]
    public async Task writes_nothing_when_it_is_cancelled_while_it_waits_and_leaves_the_connection_usable()
    {
        await using var store = await StoreUnderTest.On(server);
        await store.Append<Purse>(id, new PointsPut(1));
        await using var holder = await ForeignWriter.On(store.Database);
        await holder.Append(id);
        await using var session = store.Open();
        session.Append(await session.FetchForWriting<Purse>(id, default), [new PointsPut(5)]);
        session.Enlist(Note("bought"));

        using var cancel = new CancellationTokenSource();
        var saving = session.SaveChanges(cancel.Token);
        await Eventually.Holds(() => store.Ask<bool>(
            "select exists (select from pg_stat_activity where wait_event_type = 'Lock' and query like '%append_events%' and datname = current_database())"));
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => saving);

        await holder.RollBack();
        (await Everything(store)).ShouldBe("1 events, 1 streams, 1 origins, 1 snapshots, 0 receipts, 0 notes");
        await session.SaveChanges(default);
        (await Everything(store)).ShouldBe("2 events, 1 streams, 2 origins, 1 snapshots, 0 receipts, 1 notes");
    }

    [Fact]
    public async Task leaves_no_lock_and_no_setting_behind_on_a_pooled_connection()
    {
        await using var store = await StoreUnderTest.On(server, o => o.Project<TotalsView>());
        await store.Append<Purse>(id, new PointsPut(1));
        await store.StartDaemon();
        await Eventually.Holds(() => store.Daemon.Status.TryGetValue("totals", out var s) && s.Mark == 1);
        await store.Rebuild.Run(store.Get<TotalsView>(), default);
        await store.StopDaemon();

        await using var connection = await store.Documents.DataSource.OpenConnectionAsync();
        await using var path = new NpgsqlCommand("show search_path", connection);
        (await path.ExecuteScalarAsync()).ShouldBe("\"$user\", public");
        (await store.Ask<long>(
            "select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())")).ShouldBe(0);
    }

    private static NpgsqlBatchCommand Note(string note)
    {
        var command = new NpgsqlBatchCommand("insert into notes values ($1)");
        command.Parameters.Add(new() { Value = note });
        return command;
    }

    private static Task<string> Everything(StoreUnderTest store) => store.Ask<string>(
        """
        select (select count(*) from mt_events) || ' events, ' || (select count(*) from mt_streams) || ' streams, ' ||
            (select count(*) from event_origins) || ' origins, ' || (select count(*) from mt_doc_purse) || ' snapshots, ' ||
            (select count(*) from mt_doc_receipt) || ' receipts, ' || (select count(*) from notes) || ' notes'
        """);
}
