using System.Globalization;
using System.Security.Cryptography;
using Loyalty.Messaging;
using Npgsql;

namespace Loyalty.Journeys.Tests;

/// <summary>
/// The four services as they run in production: a process, a database with its two roles and a broker user for each.
/// It is started once; whoever ends a part of it starts it again.
/// </summary>
public sealed class Coalition(PostgresServer postgres, RabbitServer rabbit) : IAsyncLifetime
{
    internal const string Partners = "CoalitionPartners";
    internal const string Customers = "Customers";
    internal const string Cards = "Cards";
    internal const string Ledger = "PointsLedger";

    private static readonly string[] Names = [Partners, Customers, Cards, Ledger];

    private readonly Dictionary<string, Dictionary<string, string>> settings = [];
    private readonly Dictionary<string, TestDatabase> databases = [];
    private readonly Dictionary<string, ServiceProcess> running = [];
    private readonly Dictionary<string, int> ports = Names.Zip(FreePorts.Take(Names.Length)).ToDictionary(pair => pair.First, pair => pair.Second);
    private readonly HttpClient http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromSeconds(30) }) { Timeout = TimeSpan.FromSeconds(30) };

    internal string OperatorSecret { get; } = RandomNumberGenerator.GetHexString(48, lowercase: true);

    internal string ApproverSecret { get; } = RandomNumberGenerator.GetHexString(48, lowercase: true);

    internal TelemetrySink Telemetry { get; } = new();

    internal PostgresServer Postgres => postgres;

    internal RabbitServer Rabbit => rabbit;

    internal Operator Operator { get; private set; } = null!;

    internal Uri UrlOf(string service) => new($"http://127.0.0.1:{ports[service].ToString(CultureInfo.InvariantCulture)}/");

    internal string DatabaseOf(string service) => databases[service].Administrator;

    internal IReadOnlyDictionary<string, string> SettingsOf(string service) => settings[service];

    public async ValueTask InitializeAsync()
    {
        await Task.WhenAll(Telemetry.Start(), postgres.Start(), rabbit.Start());
        var host = await rabbit.CreateVirtualHost();
        var masterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        foreach (var service in Names)
        {
            var database = databases[service] = await postgres.CreateDatabase(Snake(service));
            settings[service] = new Dictionary<string, string>
            {
                ["ConnectionStrings__Database"] = database.Service,
                ["ConnectionStrings__Owner"] = database.Owner,
                ["Broker__Uri"] = (await BrokerUser(host, service)).ToString(),
                ["Auth__Authority"] = UrlOf(Partners).ToString().TrimEnd('/'),
                ["Telemetry__Otlp"] = Telemetry.Url.ToString().TrimEnd('/'),
                ["Operator__ClientSecret"] = OperatorSecret,
                ["Approver__ClientSecret"] = ApproverSecret,
                ["Customers__MasterKey"] = masterKey,
            };
        }

        foreach (var service in Names)
            File.Delete(Path.Combine(AppContext.BaseDirectory, $"{service}.log"));
        foreach (var service in Names)
            await ServiceProcess.Migrate(service, settings[service]);
        await Task.WhenAll(Names.Select(Start));
        Operator = new Operator(this, Client("operator", OperatorSecret));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in running.Keys)
            await End(service, process => process.Stop());
        http.Dispose();
        await Telemetry.DisposeAsync();
    }

    /// <summary>Starts a service where it was before.</summary>
    internal async Task Start(string service)
    {
        var process = await ServiceProcess.Start(service, settings[service], ports[service]);
        lock (running)
            running[service] = process;
    }

    /// <summary>The process of a service that runs.</summary>
    internal int ProcessOf(string service)
    {
        lock (running)
            return running[service].Id;
    }

    internal async Task Stop(params string[] services)
    {
        foreach (var service in services)
            await End(service, process => process.Stop());
    }

    internal Task Kill(string service) => End(service, process => process.Kill());

    // What a service wrote stays beside the tests, for whoever wonders why one failed.
    private async Task End(string service, Func<ServiceProcess, Task> end)
    {
        await using var process = running[service];
        await end(process);
        await File.AppendAllTextAsync(Path.Combine(AppContext.BaseDirectory, $"{service}.log"), process.Log);
    }

    /// <summary>An API client that signs in when it first calls.</summary>
    internal ApiClient Client(string clientId, string secret) => new(http, UrlOf(Partners), clientId, secret);

    private static Task<Uri> BrokerUser(VirtualHost host, string service)
    {
        var permissions = BrokerPermissions.Of(Kebab(service));
        return host.CreateUser(Kebab(service), permissions.Configure, permissions.Write, permissions.Read);
    }

    /// <summary>In every stream of every service, versions run from 1 to the stream's own without a hole.</summary>
    internal async Task StreamsHaveNoHoles()
    {
        foreach (var service in Names)
        {
            await using var database = NpgsqlDataSource.Create(DatabaseOf(service));
            await using var holes = database.CreateCommand(
                """
                select count(*) from mt_streams s left join
                    (select stream_id, count(*) as events, max(version) as last from mt_events group by stream_id) e on e.stream_id = s.id
                where s.version is distinct from e.events or s.version is distinct from e.last
                """);
            (await holes.ExecuteScalarAsync()).ShouldBe(0L, service);
        }
    }

    /// <summary>How many facts the ledger's log holds.</summary>
    internal async Task<long> FactsInTheLedger()
    {
        await using var database = NpgsqlDataSource.Create(DatabaseOf(Ledger));
        await using var count = database.CreateCommand("select count(*) from mt_events");
        return (long)(await count.ExecuteScalarAsync())!;
    }

    private static string Snake(string name) => Separated(name, '_');

    private static string Kebab(string name) => Separated(name, '-');

    private static string Separated(string name, char separator) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? separator.ToString() : "") + char.ToLowerInvariant(c) : c.ToString()));
}

/// <summary>Every journey goes through the same running coalition.</summary>
[CollectionDefinition(Name)]
public sealed class RunningCoalition : ICollectionFixture<Coalition>
{
    internal const string Name = "running coalition";
}
