using Loyalty.EventStore;
using Loyalty.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.EventStore;

public sealed class MigratingDatabases(PostgresServer server)
{
    // What a Marten that opens the database must find; it would drop any other column or index.
    private const string MartensColumns =
        """
        mt_events.bdata bytea null
        mt_events.data jsonb
        mt_events.id uuid
        mt_events.is_archived boolean null default false
        mt_events.mt_dotnet_type character varying null
        mt_events.seq_id bigint
        mt_events.stream_id uuid null
        mt_events.tenant_id character varying null default '*DEFAULT*'::character varying
        mt_events.timestamp timestamp with time zone default now()
        mt_events.type character varying(500)
        mt_events.version bigint
        mt_streams.created timestamp with time zone default now()
        mt_streams.id uuid
        mt_streams.is_archived boolean null default false
        mt_streams.tenant_id character varying null default '*DEFAULT*'::character varying
        mt_streams.timestamp timestamp with time zone default now()
        mt_streams.type character varying null
        mt_streams.version bigint null
        """;

    private const string MartensIndexes =
        """
        mt_events: CREATE UNIQUE INDEX pk_mt_events_stream_and_version ON public.mt_events USING btree (stream_id, version)
        mt_events: CREATE UNIQUE INDEX pkey_mt_events_seq_id ON public.mt_events USING btree (seq_id)
        mt_events: FOREIGN KEY (stream_id) REFERENCES mt_streams(id)
        mt_events: mt_events_sequence is owned by seq_id
        mt_streams: CREATE UNIQUE INDEX pkey_mt_streams_id ON public.mt_streams USING btree (id)
        """;

    [Fact]
    public async Task makes_exactly_martens_columns_and_indexes()
    {
        await using var store = await StoreUnderTest.On(server);

        (await store.Ask<string>(
            """
            select string_agg(c.relname || '.' || attname || ' ' || format_type(atttypid, atttypmod) || case when attnotnull then '' else ' null' end ||
                coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''), E'\n' order by c.relname, attname)
            from pg_class c join pg_attribute a on attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
            where c.relname in ('mt_events', 'mt_streams') and attnum > 0 and not attisdropped
            """)).ShouldBe(MartensColumns);
        (await store.Ask<string>(
            """
            select string_agg(relation || ': ' || thing, E'\n' order by relation, thing collate "C") from (
                select tablename::text as relation, indexdef as thing from pg_indexes where tablename in ('mt_events', 'mt_streams')
                union all select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint where contype = 'f' and conrelid = 'mt_events'::regclass
                union all select 'mt_events', 'mt_events_sequence is owned by seq_id' where pg_get_serial_sequence('mt_events', 'seq_id') = 'public.mt_events_sequence') f
            """)).ShouldBe(MartensIndexes);
    }

    [Fact]
    public async Task makes_the_other_tables_a_marten_needs()
    {
        await using var store = await StoreUnderTest.On(server);

        (await store.Ask<string>(
            """
            select string_agg(table_name || ' (' || columns || ')', E'\n' order by table_name) from (
                select table_name, string_agg(column_name || ' ' || udt_name, ', ' order by ordinal_position) as columns from information_schema.columns
                where table_name in ('mt_event_progression', 'mt_high_water_skips', 'mt_doc_deadletterevent') group by table_name) t
            """)).ShouldBe(
            """
            mt_doc_deadletterevent (id uuid, data jsonb, mt_last_modified timestamptz, mt_version uuid, mt_dotnet_type varchar)
            mt_event_progression (name varchar, last_seq_id int8, last_updated timestamptz)
            mt_high_water_skips (ending_sequence int8, starting_sequence int8, timestamp timestamptz)
            """);
    }

    [Fact]
    public async Task runs_each_file_once_in_order_however_many_run_at_once()
    {
        var database = await server.CreateDatabase("migrated");

        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Migrate(database)));

        runs.Count(ran => ran.Count > 0).ShouldBe(1);
        runs.SelectMany(ran => ran).Select(name => name.Split(".Migrations.")[1]).ShouldBe(
            ["001-marten-event-store.sql", "002-appending.sql", "003-append-in-sets.sql", "004-expected-versions.sql", "001-purses.sql", "002-counters.sql"]);
        (await Migrate(database)).ShouldBeEmpty();
    }

    [Fact]
    public async Task refuses_a_file_that_was_changed_after_it_had_run()
    {
        await using var store = await StoreUnderTest.On(server);
        await store.Do("update schema_migrations set sha256 = 'another' where name like '%001-purses.sql'");

        (await Should.ThrowAsync<InvalidOperationException>(() => Migrate(store.Database))).Message.ShouldContain("001-purses.sql was changed after it had run");
    }

    [Fact]
    public async Task leaves_nothing_of_a_file_that_fails()
    {
        var database = await server.CreateDatabase("migrated");
        await using (var owner = await StoreUnderTest.ConnectAs(database.Owner))
            await StoreUnderTest.Command("create table kept_notes (taken int)", owner).ExecuteNonQueryAsync();

        await Should.ThrowAsync<PostgresException>(() => Migrate(database));

        await using var administrator = await StoreUnderTest.ConnectAs(database.Administrator);
        (await StoreUnderTest.Command("select to_regclass('notes') is null and to_regclass('mt_events') is not null", administrator)
            .ExecuteScalarAsync()).ShouldBe(true);
    }

    [Theory]
    [InlineData("update mt_events set data = '{}'")]
    [InlineData("delete from mt_events")]
    [InlineData("truncate mt_events cascade")]
    [InlineData("update event_origins set caused_by = 'nobody'")]
    [InlineData("delete from event_origins")]
    [InlineData("truncate event_origins")]
    [InlineData("update kept_notes set note = 'changed'")]
    [InlineData("delete from kept_notes")]
    [InlineData("truncate kept_notes")]
    [InlineData("truncate mt_streams cascade")]
    [InlineData("drop table mt_events")]
    [InlineData("alter table mt_events add column more int")]
    [InlineData("create table more (a int)")]
    [InlineData("select setval('mt_events_sequence', 1)")]
    [InlineData("update schema_migrations set sha256 = ''")]
    public async Task gives_the_service_no_right_to(string statement)
    {
        await using var store = await StoreUnderTest.On(server);
        await using var service = await StoreUnderTest.ConnectAs(store.Database.Service);

        (await Should.ThrowAsync<PostgresException>(() => StoreUnderTest.Command(statement, service).ExecuteNonQueryAsync()))
            .SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Theory]
    [InlineData("insert into kept_notes values ('once')")]
    [InlineData("insert into notes values ('a'); update notes set note = 'b'; delete from notes")]
    [InlineData("create schema some_view; create table some_view.rows (a int); alter schema some_view rename to other_view; drop schema other_view cascade")]
    public async Task gives_the_service_the_right_to(string statement)
    {
        await using var store = await StoreUnderTest.On(server);
        await using var service = await StoreUnderTest.ConnectAs(store.Database.Service);

        await StoreUnderTest.Command(statement, service).ExecuteNonQueryAsync();
    }

    private static Task<IReadOnlyList<string>> Migrate(TestDatabase database) =>
        Migrations.Run(database.Owner, Role(database), [typeof(StoreUnderTest).Assembly]);

    private static string Role(TestDatabase database) => new NpgsqlConnectionStringBuilder(database.Service).Username!;
}
