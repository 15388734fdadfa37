using Loyalty.Contracts;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.Messaging;
using Loyalty.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using Xunit;
using LedgerEvents = Loyalty.Contracts.PointsLedger.V1;

namespace Loyalty.BuildingBlocks.Tests.Messaging;

/// <summary>
/// A publishing ledger and two consuming services, each with its own database and a RabbitMQ user that may do no more than it may in
/// production.
/// </summary>
internal sealed class Coalition : IAsyncDisposable
{
    private readonly List<IHost> running = [];
    private readonly TestDatabase ledger;
    private readonly TestDatabase consumers;
    private readonly VirtualHost broker;
    private readonly NpgsqlDataSource written;

    private Coalition(TestDatabase ledger, TestDatabase consumers, VirtualHost broker, BrokerLine? line)
    {
        (this.ledger, this.consumers, this.broker, Line) = (ledger, consumers, broker, line);
        Log = NpgsqlDataSource.Create(ledger.Service);
        written = NpgsqlDataSource.Create(consumers.Service);
    }

    public Uri Broker => broker.Uri;

    /// <summary>The line over which the services reach the broker, where they use one that can be cut.</summary>
    public BrokerLine? Line { get; }

    public NpgsqlDataSource Log { get; }

    /// <summary>What the consumers do before they write; tests let it fail.</summary>
    public Misfortune Misfortune { get; } = new();

    public static async Task<Coalition> Create(PostgresServer postgres, RabbitServer rabbit, bool cuttable = false)
    {
        var log = await postgres.CreateDatabase("points_ledger");
        var effects = await postgres.CreateDatabase("consumers");
        await Migrations.Run(log.Owner, log.Name, []);
        await Migrations.Run(effects.Owner, effects.Name, [typeof(Inbox).Assembly]);
        await using (var owner = NpgsqlDataSource.Create(effects.Owner))
        {
            await using var create = owner.CreateCommand(
                $"""
                create table effects (place bigserial, queue text not null, kind text not null, transaction_id text not null);
                grant all on effects, effects_place_seq to {effects.Name}
                """);
            await create.ExecuteNonQueryAsync();
        }

        var host = await rabbit.CreateVirtualHost();
        await using (var connection = await new ConnectionFactory { Uri = host.Uri }.CreateConnectionAsync())
        {
            await Topology.Declare(connection, Subscriptions.CoalitionPartnersTransactions);
            await Topology.Declare(connection, Subscriptions.CoalitionPartnersLiability);
        }

        return new(log, effects, host, cuttable ? new BrokerLine(host.Uri) : null);
    }

    public Task<IHost> StartLedger() => Start("points-ledger", ledger, m => m.Publish(LedgerLog.Map));

    public Task<IHost> StartSettlement() => Start("coalition-partners", consumers, m =>
        m.Consume<SettleAccrued, SettleReversed, SettleRedeemed, SettleRestored, SettleAdjusted, SettleExpired>(Subscriptions.CoalitionPartnersSettlement));

    public Task<IHost> StartActivity() => Start("customers", consumers, m =>
        m.Consume<NoteAccrued, NoteRedeemed>(Subscriptions.CustomersActivity));

    public async Task StartAll()
    {
        await StartSettlement();
        await StartActivity();
        await StartLedger();
    }

    /// <summary>Appends to the ledger's log, without any process of the ledger: accruals named after their numbers.</summary>
    public async Task Accrue(int from, int count, Origin? origin = null)
    {
        var options = new EventStoreOptions();
        LedgerLog.Name(options.Types);
        var store = new DocumentStore(Log, options, TimeProvider.System, new LogSignal());
        await using var session = store.OpenSession(origin ?? new("system:test", null));
        foreach (var number in Enumerable.Range(from, count))
        {
            var stream = await session.FetchForWriting<Wallet>(Guid.NewGuid(), TestContext.Current.CancellationToken);
            object[] events = number % 3 == 2 ? [new Noted(), new Spent($"t{number}")] : [new Earned($"t{number}")];
            session.Append(stream, events);
        }

        await session.SaveChanges(TestContext.Current.CancellationToken);
    }

    public async Task<IReadOnlyList<string>> Effects(Subscription subscription)
    {
        await using var command = written.CreateCommand("select transaction_id from effects where queue = $1 order by place");
        command.Parameters.Add(new() { Value = subscription.Queue });
        return await Strings(command);
    }

    public async Task<IReadOnlyList<string>> PublishedIds(params string[] types)
    {
        await using var command = Log.CreateCommand("select id::text from mt_events where type = any ($1) order by seq_id");
        command.Parameters.Add(new() { Value = types is [] ? ["earned", "spent"] : types });
        return await Strings(command);
    }

    /// <summary>The transactions in the order of the log.</summary>
    public async Task<IReadOnlyList<string>> Recorded()
    {
        await using var command = Log.CreateCommand("select data ->> 'TransactionId' from mt_events where type <> 'noted' order by seq_id");
        return await Strings(command);
    }

    public async Task<long> Mark()
    {
        await using var command = Log.CreateCommand("select coalesce(max(last_seq_id), 0) from mt_event_progression where name = 'Relay:All'");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task<long> End()
    {
        await using var command = Log.CreateCommand("select coalesce(max(seq_id), 0) from mt_events");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task<IConnection> Connect() => await new ConnectionFactory { Uri = broker.Uri }.CreateConnectionAsync();

    public async Task<Uri> UserOf(string service)
    {
        var permissions = BrokerPermissions.Of(service);
        return await broker.CreateUser(service, permissions.Configure, permissions.Write, permissions.Read);
    }

    public async Task Stop(IHost host)
    {
        running.Remove(host);
        await host.StopAsync();
        host.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in running.ToList())
            await Stop(host);
        await Log.DisposeAsync();
        await written.DisposeAsync();
        if (Line is not null)
            await Line.DisposeAsync();
    }

    public static async Task<HealthReportEntry> HealthOf(IHost host, string check) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries[check];

    private async Task<IHost> Start(string service, TestDatabase database, Action<MessagingOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        var user = await UserOf(service);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ConnectionStrings:Database"] = database.Service,
            ["Broker:Uri"] = (Line?.Over(user) ?? user).ToString(),
        });
        builder.Services.AddLogging(l => l.AddProvider(new TestOutput(service)).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None));
        builder.Services.AddEventStore(builder.Configuration, o => LedgerLog.Name(o.Types));
        builder.Services.AddMessaging(builder.Configuration, service, configure);
        builder.Services.AddSingleton(Misfortune);
        var host = builder.Build();
        running.Add(host);
        await host.StartAsync();
        return host;
    }

    private static async Task<IReadOnlyList<string>> Strings(NpgsqlCommand command)
    {
        var strings = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            strings.Add(reader.GetString(0));
        return strings;
    }
}

internal sealed class Misfortune
{
    public Func<string, Task> Strikes { get; set; } = _ => Task.CompletedTask;
}

internal sealed record Earned(string TransactionId);

internal sealed record Spent(string TransactionId);

internal sealed record Noted;

internal sealed record Wallet : IAggregate<Wallet>
{
    public static string Alias => "wallet";

    public static Wallet Initial(Guid streamId) => new();

    public Wallet When(object @event) => this;
}

internal static class LedgerLog
{
    private static readonly Guid Partner = Guid.NewGuid();

    public static void Name(EventTypes types) => types.Map<Earned>("earned").Map<Spent>("spent").Map<Noted>("noted");

    public static object? Map(StoredEvent e) => e.Data switch
    {
        Earned earned => Accrued(e.StreamId, earned.TransactionId, e.RecordedAt),
        Spent spent => new LedgerEvents.PointsRedeemed(
            e.StreamId, Partner, "S1", spent.TransactionId, null, 7, [new(Partner, "p", 7)], 1, e.RecordedAt, e.RecordedAt),
        _ => null,
    };

    public static LedgerEvents.PurchaseAccrued Accrued(Guid account, string transactionId, DateTimeOffset at) =>
        new(account, Partner, "S1", transactionId, 1234, "EUR", 12, 1, at, at);
}
