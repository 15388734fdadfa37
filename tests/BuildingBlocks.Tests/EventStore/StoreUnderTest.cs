using System.Collections.Concurrent;
using System.Globalization;
using Loyalty.Checkpoints;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Loyalty.BuildingBlocks.Tests.EventStore;

/// <summary>An event store as a service has it, on a database of its own with the production roles.</summary>
internal sealed class StoreUnderTest : IAsyncDisposable
{
    public static readonly Origin Till = new("partner:GROCERY/till-1", null);

    // Migrated once and copied: a copy takes a tenth of the time.
    private static readonly ConcurrentDictionary<PostgresServer, Lazy<Task<TestDatabase>>> Templates = [];
    private static int copies;

    private readonly ServiceProvider services;

    private StoreUnderTest(TestDatabase database, Action<EventStoreOptions>? more, TimeProvider? clock, Action<IServiceCollection>? replace)
    {
        Database = database;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("ConnectionStrings:Database", database.Service)]).Build();
        var collection = new ServiceCollection().AddLogging().AddSingleton(clock ?? TimeProvider.System);
        collection.AddEventStore(configuration, options =>
        {
            PurseEvents.Configure(options);
            more?.Invoke(options);
        });
        replace?.Invoke(collection);
        services = collection.BuildServiceProvider();
    }

    public TestDatabase Database { get; }

    public DocumentStore Documents => services.GetRequiredService<DocumentStore>();

    public EventLog Log => services.GetRequiredService<EventLog>();

    public ProjectionDaemon Daemon => services.GetRequiredService<ProjectionDaemon>();

    public ProjectionRebuild Rebuild => services.GetRequiredService<ProjectionRebuild>();

    public static async Task<StoreUnderTest> On(
        PostgresServer server, Action<EventStoreOptions>? configure = null, TimeProvider? clock = null, Action<IServiceCollection>? replace = null)
    {
        var template = await Templates.GetOrAdd(server, s => new(() => Migrated(s))).Value;
        var name = string.Create(CultureInfo.InvariantCulture, $"{template.Name}_{Interlocked.Increment(ref copies)}");
        await using (var administrator = await ConnectAs(In("postgres", template.Administrator)))
        {
            await Command($"create database {name} template {template.Name} owner {template.Name}_owner", administrator).ExecuteNonQueryAsync();
            await Command($"grant create on database {name} to {template.Name}", administrator).ExecuteNonQueryAsync();
        }

        var copy = new TestDatabase(name, In(name, template.Owner), In(name, template.Service), In(name, template.Administrator));
        return new(copy, configure, clock, replace);
    }

    /// <summary>The same database, seen by another process.</summary>
    public StoreUnderTest InAnotherProcess(Action<EventStoreOptions>? configure = null, Action<IServiceCollection>? replace = null) =>
        new(Database, configure, null, replace);

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public Session Open() => Documents.OpenSession(Till);

    /// <summary>Fetches, appends and saves, once.</summary>
    public async Task<EventStream<TState>> Append<TState>(Guid id, params object[] events) where TState : class, IAggregate<TState>
    {
        await using var session = Open();
        var stream = session.Append(await session.FetchForWriting<TState>(id, default), events);
        await session.SaveChanges(default);
        return stream;
    }

    /// <summary>Appends however often somebody else was faster.</summary>
    public async Task AppendPatiently(Guid id, params object[] events)
    {
        while (true)
        {
            try
            {
                await Append<Purse>(id, events);
                return;
            }
            catch (ConcurrencyException)
            {
                // Somebody else appended first: fetch again.
            }
        }
    }

    public async Task StartDaemon()
    {
        foreach (var hosted in services.GetServices<IHostedService>())
            await hosted.StartAsync(default);
    }

    public async Task StopDaemon()
    {
        foreach (var hosted in services.GetServices<IHostedService>())
            await hosted.StopAsync(default);
    }

    /// <summary>Asks the database as its administrator.</summary>
    public async Task<T> Ask<T>(string sql, params object[] parameters)
    {
        await using var connection = await ConnectAs(Database.Administrator);
        await using var command = Command(sql, connection, parameters);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Does something to the database as its administrator.</summary>
    public async Task Do(string sql, params object[] parameters)
    {
        await using var connection = await ConnectAs(Database.Administrator);
        await using var command = Command(sql, connection, parameters);
        await command.ExecuteNonQueryAsync();
    }

    public Task<long> SequenceStandsAt() => Ask<long>("select case when is_called then last_value else 0 end from mt_events_sequence");

    public static async Task<NpgsqlConnection> ConnectAs(string connectionString)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public static NpgsqlCommand Command(string sql, NpgsqlConnection connection, params object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        return command;
    }

    private static async Task<TestDatabase> Migrated(PostgresServer server)
    {
        var database = await server.CreateDatabase("purses");
        await Migrations.Run(database.Owner, database.Name, [typeof(CheckpointSetup).Assembly, typeof(StoreUnderTest).Assembly]);
        return database;
    }

    private static string In(string database, string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Database = database }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        await StopDaemon();
        await services.DisposeAsync();
    }
}
