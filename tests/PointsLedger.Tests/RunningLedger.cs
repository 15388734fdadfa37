using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Loyalty.Contracts;
using Loyalty.EventStore;
using Loyalty.Messaging;
using Loyalty.PointsLedger.Storage;
using Loyalty.Testing;
using Npgsql;
using Shouldly;
using Xunit;
using Cards = Loyalty.Contracts.Cards.V1;
using Partners = Loyalty.Contracts.CoalitionPartners.V1;

[assembly: AssemblyFixture(typeof(PostgresServer))]
[assembly: AssemblyFixture(typeof(RabbitServer))]

namespace Loyalty.PointsLedger.Tests;

[CollectionDefinition(nameof(RunningLedger))]
public sealed class RunningLedgerCollection : ICollectionFixture<RunningLedger>;

/// <summary>PointsLedger as a process on PostgreSQL and RabbitMQ; no other service runs: what they would tell is published to the bus.</summary>
public sealed class RunningLedger(PostgresServer postgres, RabbitServer rabbit) : IAsyncLifetime
{
    public static readonly DateTimeOffset LongAgo = new(2016, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] EveryScope = ["ledger.post", "ledger.redeem", "ledger.read", "ledger.backdate", "settlement.read"];

    private Dictionary<string, string> settings = null!;
    private ServiceProcess service = null!;
    private NpgsqlDataSource database = null!;
    private int cards;
    private int ids;

    public Partner Grocery { get; } = new(Guid.NewGuid(), "GROCERY");

    public Partner Fuel { get; } = new(Guid.NewGuid(), "FUEL");

    internal TestTokens Tokens { get; private set; } = null!;

    internal DocumentStore Store { get; private set; } = null!;

    internal Messages Messages { get; private set; } = null!;

    internal Uri Broker { get; private set; } = null!;

    internal NpgsqlDataSource Database => database;

    /// <summary>The database as the service itself connects to it.</summary>
    internal string ServiceDatabase => settings["ConnectionStrings__Database"];

    internal Uri Url => service.Url;

    public async ValueTask InitializeAsync()
    {
        var place = await postgres.CreateDatabase("points_ledger");
        var host = await rabbit.CreateVirtualHost("points-ledger");
        var permissions = BrokerPermissions.Of("points-ledger");
        Tokens = await TestTokens.Start();
        settings = new(Tokens.Settings, StringComparer.Ordinal)
        {
            ["ConnectionStrings__Database"] = place.Service,
            ["ConnectionStrings__Owner"] = place.Owner,
            ["Broker__Uri"] = (await host.CreateUser("points-ledger", permissions.Configure, permissions.Write, permissions.Read)).ToString(),
        };
        Broker = host.Uri;
        Messages = await Messages.Connect(Broker);
        foreach (var subscription in Subscriptions.All) await Topology.Declare(Messages.Connection, subscription);
        await ServiceProcess.Migrate("PointsLedger", settings);
        service = await ServiceProcess.Start("PointsLedger", settings);
        database = NpgsqlDataSource.Create(place.Administrator);
        var options = new EventStoreOptions().KeepAccounts();
        Store = new DocumentStore(database, options, TimeProvider.System, new LogSignal());

        await Admit(Grocery);
        await Admit(Fuel);
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        await Messages.DisposeAsync();
        await Tokens.DisposeAsync();
        await database.DisposeAsync();
    }

    /// <summary>A second process on the same database and broker.</summary>
    public Task<ServiceProcess> StartReplica(params (string Name, string Value)[] more) => ServiceProcess.Start(
        "PointsLedger", settings.Concat(more.Select(m => KeyValuePair.Create(m.Name, m.Value))).ToDictionary(StringComparer.Ordinal));

    /// <summary>Stops the service in good order and starts it again where it was.</summary>
    public async Task Restart()
    {
        await service.Stop();
        await service.DisposeAsync();
        service = await ServiceProcess.Start("PointsLedger", settings, Url.Port);
    }

    public Task Publish(object @event) => Messages.Publish(Guid.NewGuid(), @event);

    /// <summary>Lets a partner join with the store MAIN and one point per euro, and waits until the ledger knows.</summary>
    public async Task Admit(Partner partner)
    {
        await Publish(new Partners.PartnerAdmitted(partner.Id, partner.Code, partner.Code, "EUR", [new("MAIN", "Main street")], LongAgo, 1));
        await Agree(partner, 1, LongAgo, 1m);
    }

    public async Task Agree(Partner partner, int version, DateTimeOffset from, decimal pointsPerUnit)
    {
        await Publish(new Partners.AgreementChanged(partner.Id, version, from, "EUR", pointsPerUnit, 0.010m, 0.008m, from, version + 1));
        await Eventually.Holds(async () => await Count($"agreements where partner_id = '{partner.Id}' and version = {version}") == 1);
    }

    /// <summary>A new member with a card that the ledger knows.</summary>
    public async Task<Member> Enrol()
    {
        var n = Interlocked.Increment(ref cards).ToString("D8", CultureInfo.InvariantCulture);
        var member = new Member(Guid.NewGuid(), Guid.NewGuid(), WithLuhn("6276480" + n), WithEan("2900" + n));
        await Publish(new Cards.CardLinked(member.CardId, member.Card, member.Barcode, member.Id, DateTimeOffset.UtcNow, 3));
        await Eventually.Holds(async () => await Count($"cards where account_id = '{member.Id}'") == 2);
        return member;
    }

    /// <summary>A new member who has bought for so much at the grocery.</summary>
    public async Task<Member> EnrolWith(decimal points)
    {
        var member = await Enrol();
        (await Till(Grocery).Buy(member, points)).Status.ShouldBe(201);
        return member;
    }

    /// <summary>A till of a partner, with these scopes or with all.</summary>
    public Till Till(Partner partner, params string[] scopes) =>
        new(service.Url, Tokens.Partner(partner.Id, partner.Code, scopes.Length == 0 ? EveryScope : scopes), NewId);

    /// <summary>The same at another process.</summary>
    public Till Till(Partner partner, ServiceProcess at) => new(at.Url, Tokens.Partner(partner.Id, partner.Code, EveryScope), NewId);

    public Till Operator() => new(service.Url, Tokens.Operator("ledger.read", "ledger.transfer", "accounts.manage", "settlement.read"), NewId);

    /// <summary>An operator of this name with these scopes.</summary>
    public Till Operator(string client, params string[] scopes) => Bearing(Tokens.Issue(claims =>
    {
        claims["client_id"] = client;
        claims["scope"] = string.Join(' ', scopes);
    }));

    public Till Bearing(string token) => new(service.Url, token, NewId);

    public string NewId() => $"t-{Interlocked.Increment(ref ids)}";

    public async Task<long> Count(string what)
    {
        await using var query = database.CreateCommand("select count(*) from " + what);
        return (long)(await query.ExecuteScalarAsync())!;
    }

    /// <summary>Does as administrator what no service may; answers how many rows it met.</summary>
    public async Task<int> Tamper(string statement)
    {
        await using var command = database.CreateCommand(statement);
        return await command.ExecuteNonQueryAsync();
    }

    internal static string WithLuhn(string digits) =>
        digits + ((10 - (digits.Reverse().Select((c, i) => (c - '0') * (2 - (i % 2))).Sum(n => n > 9 ? n - 9 : n) % 10)) % 10);

    internal static string WithEan(string digits) => digits + ((10 - (digits.Select((c, i) => (c - '0') * (i % 2 == 0 ? 1 : 3)).Sum() % 10)) % 10);
}

public sealed record Partner(Guid Id, string Code);

public sealed record Member(Guid Id, Guid CardId, string Card, string Barcode);

/// <summary>What came back.</summary>
public sealed record Answer(int Status, string Body, HttpResponseHeaders Headers)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public long Number(string member) => Json.GetProperty(member).GetInt64();

    public string? Text(string member) => Json.GetProperty(member).GetString();

    public Answer ShouldBe(int status)
    {
        Status.ShouldBe(status, Body);
        return this;
    }

    public void ShouldBeRefused(int status, string code)
    {
        Status.ShouldBe(status, Body);
        Text("type").ShouldBe("urn:loyalty:problem:" + code);
        Text("detail").ShouldNotBeNullOrWhiteSpace();
    }
}

/// <summary>A partner's till, or another client, talking HTTP.</summary>
public sealed class Till(Uri server, string token, Func<string> newId)
{
    private readonly HttpClient http = new() { BaseAddress = server, DefaultRequestHeaders = { Authorization = new("Bearer", token) } };

    public static string Now => DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    public string NewId() => newId();

    public Task<Answer> Buy(Member member, decimal amount, string? id = null, string? at = null, string store = "MAIN") =>
        Post("/v1/purchases", new { transactionId = id ?? newId(), card = member.Card, store, amount, currency = "EUR", occurredAt = at ?? Now });

    public Task<Answer> Return(string purchase, decimal amount, string? id = null, string currency = "EUR") =>
        Post($"/v1/purchases/{purchase}/returns", new { transactionId = id ?? newId(), amount, currency, occurredAt = Now });

    public Task<Answer> Redeem(Member member, long points, string? id = null, string? at = null) =>
        Post("/v1/redemptions", new { transactionId = id ?? newId(), card = member.Card, store = "MAIN", points, occurredAt = at ?? Now });

    public Task<Answer> Reserve(Member member, long points, string? id = null) =>
        Post("/v1/reservations", new { transactionId = id ?? newId(), card = member.Card, store = "MAIN", points, occurredAt = Now });

    public Task<Answer> Capture(string reservation, long? points = null, string? id = null) => points is null
        ? Post($"/v1/reservations/{reservation}/capture", new { transactionId = id ?? newId(), occurredAt = Now })
        : Post($"/v1/reservations/{reservation}/capture", new { transactionId = id ?? newId(), points, occurredAt = Now });

    public Task<Answer> Release(string reservation, string? id = null) =>
        Post($"/v1/reservations/{reservation}/release", new { transactionId = id ?? newId(), occurredAt = Now });

    public Task<Answer> Reverse(string original, string? id = null, string? at = null) =>
        Post($"/v1/transactions/{original}/reversal", new { transactionId = id ?? newId(), occurredAt = at ?? Now });

    public async Task<long> Balance(Member member) => (await Get($"/v1/cards/{member.Card}/balance")).ShouldBe(200).Number("balance");

    public Task<Answer> Post(string path, object body) => PostText(path, JsonSerializer.Serialize(body));

    public Task<Answer> Put(string path, object body) =>
        Send(new HttpRequestMessage(HttpMethod.Put, path) { Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json") });

    public Task<Answer> PostText(string path, string body, string? idempotencyKey = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (idempotencyKey is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        return Send(request);
    }

    public Task<Answer> PostLines(string path, string lines) => PostLines(path, Encoding.UTF8.GetBytes(lines));

    public Task<Answer> PostLines(string path, byte[] lines) => Send(
        new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(lines) { Headers = { ContentType = new("application/x-ndjson") } } });

    public Task<Answer> Get(string path, string? knownTag = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (knownTag is not null) request.Headers.TryAddWithoutValidation("If-None-Match", knownTag);
        return Send(request);
    }

    public Task<Answer> Delete(string path) => Send(new HttpRequestMessage(HttpMethod.Delete, path));

    private async Task<Answer> Send(HttpRequestMessage request)
    {
        using (request)
        using (var response = await http.SendAsync(request))
            return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
    }
}
