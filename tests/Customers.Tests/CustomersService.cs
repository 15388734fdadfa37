using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Loyalty.Contracts;
using Loyalty.Contracts.Customers.V1;
using Loyalty.Messaging;
using Loyalty.Testing;

[assembly: AssemblyFixture(typeof(PostgresServer))]
[assembly: AssemblyFixture(typeof(RabbitServer))]

namespace Loyalty.Customers.Tests;

[CollectionDefinition(nameof(CustomersService))]
public sealed class CustomersServiceTests : ICollectionFixture<CustomersService>;

/// <summary>Customers as it runs in production; tests publish for PointsLedger and observe what others are told.</summary>
public sealed class CustomersService(PostgresServer postgres, RabbitServer rabbit) : IAsyncLifetime
{
    private LoneService? service;
    private HttpClient? client;

    public LoneService Service => service!;

    public HttpClient Client => client!;

    public async ValueTask InitializeAsync()
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Customers__MasterKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        };
        foreach (var category in new[] { "Default", "Npgsql", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Routing", "Microsoft.AspNetCore.Http" })
            settings["Logging__LogLevel__" + category] = "Trace"; // Whatever the service could ever log must name nobody.
        service = await LoneService.Start("Customers", postgres, rabbit, settings, async messages =>
        {
            await Topology.Declare(messages.Connection, Subscriptions.PointsLedgerMembers);
            await Topology.Declare(messages.Connection, Subscriptions.CardsMembers);
            await messages.Observe(typeof(CustomerEnrolled), typeof(ProfileChanged), typeof(CustomerErased));
        });
        client = service.Client("customers.manage");
    }

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (service is not null)
            await service.DisposeAsync();
    }

    public async Task<HttpResponseMessage> Enrol(object questionnaire, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/members") { Content = JsonContent.Create(questionnaire) };
        request.Headers.Add("Idempotency-Key", key ?? Guid.NewGuid().ToString());
        return await Client.SendAsync(request);
    }

    public async Task<Guid> Enrolled(object? questionnaire = null)
    {
        using var answer = await Enrol(questionnaire ?? new { firstName = "Ann", lastName = "Bell" });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, Service.Process.Log[^Math.Min(4000, Service.Process.Log.Length)..]);
        return (await answer.Json())["memberId"]!.GetValue<Guid>();
    }

    public Task<HttpResponseMessage> Read(Guid member) => Client.GetAsync(new Uri($"v1/members/{member}", UriKind.Relative));

    public Task<HttpResponseMessage> Erase(Guid member) => Client.PostAsync(new Uri($"v1/members/{member}/erasure", UriKind.Relative), content: null);

    /// <summary>Puts to an address under <c>v1/</c>; without a body when there is none.</summary>
    public Task<HttpResponseMessage> Put(string path, object? body = null) =>
        Client.PutAsync(new Uri("v1/" + path, UriKind.Relative), body is null ? null : JsonContent.Create(body));

    public Task<HttpResponseMessage> Leave(Guid member, string segment) =>
        Client.DeleteAsync(new Uri($"v1/members/{member}/segments/{segment}", UriKind.Relative));

    public Task<HttpResponseMessage> Assign(string segment, params IReadOnlyList<Guid> members) =>
        Client.PostAsJsonAsync(new Uri($"v1/segments/{segment}/members", UriKind.Relative), new { members });

    public async Task<long> Count(string table, string column, Guid id)
    {
        await using var database = Npgsql.NpgsqlDataSource.Create(Service.Database.Administrator);
        await using var count = database.CreateCommand($"select count(*) from {table} where {column} = $1");
        count.Parameters.Add(new() { Value = id });
        return (long)(await count.ExecuteScalarAsync())!;
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
