using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Loyalty.Contracts;
using Loyalty.Contracts.Cards.V1;
using Loyalty.Contracts.Customers.V1;
using Loyalty.Messaging;
using Loyalty.Testing;

[assembly: AssemblyFixture(typeof(PostgresServer))]
[assembly: AssemblyFixture(typeof(RabbitServer))]

namespace Loyalty.Cards.Tests;

[CollectionDefinition(nameof(CardsService))]
public sealed class CardsServiceTests : ICollectionFixture<CardsService>;

/// <summary>Cards as it runs in production; tests publish for Customers and observe what others are told.</summary>
public sealed class CardsService(PostgresServer postgres, RabbitServer rabbit) : IAsyncLifetime
{
    private LoneService? service;
    private HttpClient? client;
    private int prefixes = 1000;

    public LoneService Service => service!;

    public HttpClient Client => client!;

    public async ValueTask InitializeAsync()
    {
        service = await LoneService.Start("Cards", postgres, rabbit,
            prepare: async messages =>
            {
                await Topology.Declare(messages.Connection, Subscriptions.PointsLedgerCards);
                await messages.Observe(typeof(CardIssued), typeof(CardLinked), typeof(CardBlocked));
            });
        client = service.Client("cards.manage");
    }

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (service is not null)
            await service.DisposeAsync();
    }

    /// <summary>A prefix that no other test has.</summary>
    public string Prefix() => $"97{Interlocked.Increment(ref prefixes)}";

    public async Task<string> Product(string? prefix = null, int numberLength = 16)
    {
        prefix ??= Prefix();
        var code = "P" + prefix;
        using var defined = await Client.PostAsJsonAsync("v1/card-products", new { code, name = "Card", kind = "private", issuerPrefix = prefix, numberLength });
        defined.EnsureSuccessStatusCode();
        return code;
    }

    public async Task<JsonNode> Issued(string? product = null)
    {
        using var issued = await Post("v1/cards", new { product = product ?? await Product() }, Guid.NewGuid().ToString());
        issued.EnsureSuccessStatusCode();
        return (await issued.Json())["cards"]![0]!;
    }

    public async Task<string> Active()
    {
        var number = (await Issued())["number"]!.GetValue<string>();
        using var activated = await Post($"v1/cards/{number}/activate");
        activated.EnsureSuccessStatusCode();
        return number;
    }

    public async Task<Guid> Member()
    {
        var member = Guid.NewGuid();
        await Service.Messages.Publish(Guid.NewGuid(), new CustomerEnrolled(member, Privilege: null, DateTimeOffset.UtcNow));
        return member;
    }

    /// <summary>Links as a patient client does: again while the news of the member is still under way.</summary>
    public async Task Link(string number, Guid member) => await Eventually.Holds(async () =>
    {
        using var linked = await Post($"v1/cards/{number}/link", new { memberId = member });
        linked.EnsureSuccessStatusCode();
    });

    public async Task<HttpResponseMessage> Post(string path, object? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await Client.SendAsync(request);
    }

    /// <summary>The events that others have been told, once there are so many of them.</summary>
    public async Task<IReadOnlyList<T>> Told<T>(Func<T, bool> of, int count = 1) where T : class
    {
        List<T> told = [];
        await Eventually.Holds(() =>
        {
            told = [.. Service.Messages.Received.SelectMany(Messages.Read<T>).Where(of)];
            return told.Count == count;
        });
        return told;
    }
}

internal static class Answers
{
    public static async Task<JsonNode> Json(this HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

    public static async Task ShouldBeProblem(this HttpResponseMessage answer, int status, string code)
    {
        var body = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, body);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        JsonNode.Parse(body)!["type"]!.GetValue<string>().ShouldBe("urn:loyalty:problem:" + code);
    }
}
