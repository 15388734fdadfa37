using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Loyalty.Messaging;
using Loyalty.Testing;

namespace Loyalty.CoalitionPartners.Tests.Service;

/// <summary>The service as it runs in production: its own process, database roles and broker user.</summary>
public sealed class TheService(PostgresServer postgres, RabbitServer rabbit) : IAsyncLifetime
{
    public const string Issuer = "http://authority.test";

    public static readonly string OperatorSecret = RandomNumberGenerator.GetHexString(40);

    public static readonly string ApproverSecret = RandomNumberGenerator.GetHexString(40);

    private Dictionary<string, string> settings = [];
    private ServiceProcess? process;
    private DateTimeOffset signedIn;

    public TestDatabase Database { get; private set; } = null!;

    public VirtualHost Broker { get; private set; } = null!;

    public HttpClient Client => process!.Client;

    /// <summary>Settings in place of the usual ones, for a second service beside the one that tests share.</summary>
    internal Dictionary<string, string> Besides { get; init; } = [];

    /// <summary>A token of the operator, a few minutes old at most.</summary>
    public string Operator { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Database = await postgres.CreateDatabase("coalition_partners");
        Broker = await rabbit.CreateVirtualHost("partners");
        var permissions = BrokerPermissions.Of("coalition-partners");
        var user = await Broker.CreateUser("coalition-partners", permissions.Configure, permissions.Write, permissions.Read);
        settings = new(StringComparer.Ordinal)
        {
            ["ConnectionStrings__Database"] = Database.Service,
            ["ConnectionStrings__Owner"] = Database.Owner,
            ["Broker__Uri"] = user.ToString(),
            ["Auth__Authority"] = Issuer,
            ["Operator__ClientSecret"] = OperatorSecret,
            ["Approver__ClientSecret"] = ApproverSecret,
            ["Batches__Window"] = "3000",
            ["Batches__MostLines"] = "10000",
            ["Batches__ResendAfter"] = "00:00:03",
            ["Webhooks__AllowPrivate"] = "true",
            ["Webhooks__Timeout"] = "00:00:05",
            ["Webhooks__RetryAfter__0"] = "00:00:00.2",
            ["Webhooks__RetryAfter__1"] = "00:00:00.4",
            ["Webhooks__RetryAfter__2"] = "00:00:01",
        };
        foreach (var (key, value) in Besides)
            settings[key] = value;
        await ServiceProcess.Migrate("CoalitionPartners", settings);
        await Start();
        await SignIn();
    }

    /// <param name="meanwhile">What happens while it is away.</param>
    public async Task Restart(Func<Task>? meanwhile = null)
    {
        await process!.Kill();
        if (meanwhile is not null)
            await meanwhile();
        await Start();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
    }

    /// <summary>A partner with its first agreement; answers its id and code.</summary>
    internal async Task<(Guid Id, string Code)> Admit(decimal issuePrice = 0.010m, decimal redeemPrice = 0.008m)
    {
        var code = "P" + RandomNumberGenerator.GetHexString(10);
        var partner = await Post("/v1/partners", new { code, name = "Partner " + code, currency = "EUR", stores = new[] { new { code = "S1", name = "One" } } });
        partner.Status.ShouldBe(HttpStatusCode.Created, partner.Text);
        var id = partner.Body.GetProperty("partnerId").GetGuid();
        var terms = new { effectiveFrom = "2016-01-01T00:00:00Z", pointsPerUnit = 1, issuePrice, redeemPrice };
        (await Post($"/v1/partners/{id}/agreements", terms)).Status.ShouldBe(HttpStatusCode.Created);
        return (id, code);
    }

    /// <summary>A token of a fresh client of a partner.</summary>
    internal async Task<string> PartnerToken(Guid partner, params string[] scopes)
    {
        var client = await Post($"/v1/partners/{partner}/clients", new { name = "c" + RandomNumberGenerator.GetHexString(8), scopes });
        client.Status.ShouldBe(HttpStatusCode.Created, client.Text);
        return await Token(client.Body.GetProperty("clientId").GetString()!, client.Body.GetProperty("clientSecret").GetString()!);
    }

    internal async Task<string> Token(string client, string secret)
    {
        var answer = await Form(("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret));
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return answer.Body.GetProperty("access_token").GetString()!;
    }

    internal Task<Reply> Form(params (string Key, string Value)[] form) =>
        Send(new(HttpMethod.Post, "/connect/token") { Content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Key, f.Value))) }, "");

    internal Task<Reply> Post(string path, object body, string? token = null) =>
        Send(new(HttpMethod.Post, path) { Content = JsonContent.Create(body) }, token);

    internal Task<Reply> PostText(string path, string json, string? token = null) =>
        Send(new(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") }, token);

    internal Task<Reply> PutText(string path, string json, string? token = null) =>
        Send(new(HttpMethod.Put, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") }, token);

    internal Task<Reply> Get(string path, string? token = null) => Send(new(HttpMethod.Get, path), token);

    /// <param name="token">The operator's unless said; none when empty.</param>
    internal async Task<Reply> Send(HttpRequestMessage request, string? token = null)
    {
        if (token is null && DateTimeOffset.UtcNow - signedIn > TimeSpan.FromMinutes(2))
            await SignIn();
        if (token is not "")
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? Operator);
        using (request)
        {
            using var answer = await Client.SendAsync(request);
            return new(answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers);
        }
    }

    private async Task SignIn()
    {
        signedIn = DateTimeOffset.UtcNow;
        Operator = await Token("operator", OperatorSecret);
    }

    private async Task Start()
    {
        process = await ServiceProcess.Start("CoalitionPartners", settings);
        // It answers while its queue is still being declared; what is published before that reaches nobody.
        await Eventually.Holds(async () => (await Get("/health/ready", "")).Body.GetProperty("checks").GetProperty("consumers").GetString() == "Healthy");
    }
}

internal sealed record Reply(HttpStatusCode Status, string Text, HttpResponseHeaders Headers)
{
    public JsonElement Body => JsonDocument.Parse(Text).RootElement;

    /// <summary>The last part of a problem's type.</summary>
    public string Problem => Body.GetProperty("type").GetString()!.Split(':')[^1];
}

[CollectionDefinition(nameof(TheService))]
public sealed class ServiceTests : ICollectionFixture<TheService>;
