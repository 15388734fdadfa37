using Loyalty.Benchmarks.Load;
using Loyalty.Contracts;
using Loyalty.Messaging;
using Loyalty.Testing;
using Npgsql;

namespace Loyalty.Benchmarks.Ground;

/// <summary>PointsLedger as it runs in production: a process, its database with two roles, its broker user, the queues of others.</summary>
internal sealed class Ledger : IAsyncDisposable
{
    private const int PoolSize = 50;
    private const int WarmingConnections = 64;

    private readonly NpgsqlDataSource database;
    private readonly Messages broker;
    private readonly Dictionary<string, string> environment;

    private Ledger(ServiceProcess process, TestDatabase place, VirtualHost host, Messages messages, Dictionary<string, string> settings)
    {
        Process = process;
        Database = place;
        Host = host;
        broker = messages;
        environment = settings;
        database = NpgsqlDataSource.Create(place.Administrator);
    }

    public ServiceProcess Process { get; private set; }

    public TestDatabase Database { get; }

    public VirtualHost Host { get; }

    /// <param name="accounts">How many accounts it starts with.</param>
    /// <param name="rules">Whether a programme and three offers rate purchases, rather than the agreement alone.</param>
    public static async Task<Ledger> Start(Site site, int accounts, bool rules = false)
    {
        var place = await site.Postgres.CreateDatabase(rules ? "points_ledger_with_rules" : "points_ledger");
        var host = await site.Rabbit.CreateVirtualHost(rules ? "points-ledger-with-rules" : "points-ledger");
        var permissions = BrokerPermissions.Of("points-ledger");
        var settings = new Dictionary<string, string>(site.ServiceSettings(), StringComparer.Ordinal)
        {
            ["ConnectionStrings__Database"] = new NpgsqlConnectionStringBuilder(place.Service) { MaxPoolSize = PoolSize }.ConnectionString,
            ["ConnectionStrings__Owner"] = place.Owner,
            ["Broker__Uri"] = (await host.CreateUser("points-ledger", permissions.Configure, permissions.Write, permissions.Read)).ToString(),
        };
        var messages = await Messages.Connect(host.Uri);
        foreach (var subscription in Subscriptions.All) await Topology.Declare(messages.Connection, subscription);
        await ServiceProcess.Migrate("PointsLedger", settings);
        await LedgerSeed.Fill(place.Administrator, accounts);
        if (rules) await RuleSeed.Fill(place.Administrator);
        return new Ledger(await ServiceProcess.Start("PointsLedger", settings), place, host, messages, settings);
    }

    /// <summary>How many events are in the log.</summary>
    public async Task<long> Events()
    {
        await using var query = database.CreateCommand("select count(*) from mt_events");
        query.CommandTimeout = 300;
        return (long)(await query.ExecuteScalarAsync())!;
    }

    /// <summary>How many postings the log holds, those before the measurement not counted.</summary>
    public Task<long> Postings() => PostingsOf(Database.Administrator);

    /// <summary>The same of any ledger's database.</summary>
    public static Task<long> PostingsOf(string administrator) => PlainSeed.Count(
        administrator, "mt_events e where type in ('points-accrued', 'points-redeemed') and data -> 'Transaction' ->> 'Id' not like 'seed-%'");

    /// <summary>How far the slowest reader of the log, the relay included, is behind, in events.</summary>
    public async Task<long> Behind()
    {
        await using var query = database.CreateCommand(
            "select greatest(0, (select coalesce(max(seq_id), 0) from mt_events) - coalesce(min(last_seq_id), 0)) from mt_event_progression where last_updated > now() - interval '1 hour'");
        return (long)(await query.ExecuteScalarAsync())!;
    }

    /// <summary>The most events that a reader of the log was behind when nobody waited for it any longer.</summary>
    public long MostLeftBehind { get; private set; }

    /// <summary>Waits until the readers of the log have caught up, and empties the queues of services that do not run.</summary>
    /// <param name="patience">How long.</param>
    /// <param name="empty">Whether to empty the queues; not where the services run.</param>
    public async Task Settle(TimeSpan patience, bool empty = true)
    {
        var until = DateTimeOffset.UtcNow + patience;
        long behind;
        while ((behind = await Behind()) > 0 && DateTimeOffset.UtcNow < until) await Task.Delay(100);
        MostLeftBehind = Math.Max(MostLeftBehind, behind);
        if (empty) await EmptyQueues();
    }

    /// <summary>Asks for balances by card until nearly every account has been asked for, as it has in a service that ran for a while.</summary>
    public Task Warm(Site site) => site.Generator.Run(new LoadPlan(
        "ledger", Request.BalanceOfCard, Process.Url.Port, site.Token(Request.BalanceOfCard), site.Options.Accounts, WarmingConnections, site.Options.FillSeconds));

    /// <summary>Empties the queues of the services that would listen to the ledger.</summary>
    public async Task EmptyQueues()
    {
        await using var channel = await broker.Connection.CreateChannelAsync();
        foreach (var subscription in Subscriptions.All.Where(s => !s.Queue.StartsWith("points-ledger.", StringComparison.Ordinal)))
            await channel.QueuePurgeAsync(subscription.Queue);
    }

    /// <summary>Stops it and starts it again.</summary>
    public async Task Restart()
    {
        await Process.Stop();
        await Process.DisposeAsync();
        Process = await ServiceProcess.Start("PointsLedger", environment);
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await broker.DisposeAsync();
        await database.DisposeAsync();
    }
}
