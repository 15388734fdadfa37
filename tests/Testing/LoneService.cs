namespace Loyalty.Testing;

/// <summary>
/// One service by itself on its own database and virtual host, with somebody who issues tokens for it: what a service's own tests
/// run against. Other services' part is played by <see cref="Messages"/>.
/// </summary>
public sealed class LoneService : IAsyncDisposable
{
    private readonly TokenIssuer issuer;

    private LoneService(ServiceProcess process, TestDatabase database, Messages messages, TokenIssuer issuer)
    {
        this.issuer = issuer;
        Process = process;
        Database = database;
        Messages = messages;
    }

    /// <summary>The service.</summary>
    public ServiceProcess Process { get; }

    /// <summary>Its database.</summary>
    public TestDatabase Database { get; }

    /// <summary>The messages it sends and receives.</summary>
    public Messages Messages { get; }

    /// <summary>Migrates and starts a service.</summary>
    /// <param name="service">Folder of the service, such as <c>PointsLedger</c>.</param>
    /// <param name="postgres">The server its database is made on.</param>
    /// <param name="rabbit">The server its virtual host is made on.</param>
    /// <param name="settings">Environment that only this service needs.</param>
    /// <param name="prepare">Runs before the service starts: declare here the queues of others that it publishes to.</param>
    public static async Task<LoneService> Start(
        string service, PostgresServer postgres, RabbitServer rabbit, IReadOnlyDictionary<string, string>? settings = null, Func<Messages, Task>? prepare = null)
    {
#pragma warning disable CA1308 // Names of databases are lower-case.
        var database = await postgres.CreateDatabase(service.ToLowerInvariant());
#pragma warning restore CA1308
        var broker = await rabbit.CreateVirtualHost();
        var messages = await Messages.Connect(broker.Uri);
        if (prepare is not null)
        {
            await prepare(messages);
        }

        var tokens = await TokenIssuer.Start();
        var environment = new Dictionary<string, string>(settings ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal)
        {
            ["ConnectionStrings__Owner"] = database.Owner,
            ["ConnectionStrings__Database"] = database.Service,
            ["Broker__Uri"] = broker.Uri.ToString(),
            ["Auth__Authority"] = tokens.Url.ToString(),
        };
        await ServiceProcess.Migrate(service, environment);
        return new LoneService(await ServiceProcess.Start(service, environment), database, messages, tokens);
    }

    /// <summary>A client of the service that carries a token.</summary>
    public HttpClient Client(string scope, string clientId = "operator", Guid? partner = null, string? partnerCode = null)
    {
        var client = new HttpClient { BaseAddress = Process.Url };
        client.DefaultRequestHeaders.Authorization = issuer.Bearer(clientId, scope, partner, partnerCode);
        return client;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await Messages.DisposeAsync();
        await issuer.DisposeAsync();
    }
}
