using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Loyalty.Journeys.Tests;

/// <summary>What a service answered.</summary>
internal sealed record Answer(HttpStatusCode Status, string Text)
{
    public JsonNode Body => JsonNode.Parse(Text)!;

    /// <summary>The last part of a problem's type; empty where there is no problem.</summary>
    public string Code => (int)Status < 400 ? "" : Body["type"]!.GetValue<string>().Split(':')[^1];

    public long Number(string member) => Body[member]!.GetValue<long>();

    public Answer Accepted()
    {
        ((int)Status).ShouldBeInRange(200, 299, Text);
        return this;
    }
}

/// <summary>A program that calls the services with tokens of its own.</summary>
internal sealed class ApiClient(HttpClient http, Uri authority, string clientId, string secret)
{
    private static readonly TimeSpan TokenIsGoodFor = TimeSpan.FromMinutes(4);

    private readonly SemaphoreSlim signingIn = new(1, 1);
    private string? token;
    private long since;

    /// <summary>Who it is, for programs that sign in by themselves.</summary>
    public (string Id, string Secret) Credentials => (clientId, secret);

    public Task<Answer> Get(Uri url) => Send(HttpMethod.Get, url, null, null, null);

    public Task<Answer> Post(Uri url, object? body, string? idempotencyKey = null, string? traceParent = null) =>
        Send(HttpMethod.Post, url, body is null ? null : JsonContent.Create(body), idempotencyKey, traceParent);

    /// <summary>Sends a file.</summary>
    public Task<Answer> Upload(Uri url, string text, string mediaType) => Send(HttpMethod.Post, url, new StringContent(text, Encoding.UTF8, mediaType), null, null);

    /// <summary>Signs in unless it has already.</summary>
    public async Task<string> Token()
    {
        await signingIn.WaitAsync();
        try
        {
            if (token is null || Stopwatch.GetElapsedTime(since) > TokenIsGoodFor)
            {
                using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", clientId), new("client_secret", secret)]);
                using var response = await http.PostAsync(new Uri(authority, "connect/token"), form);
                var text = await response.Content.ReadAsStringAsync();
                response.IsSuccessStatusCode.ShouldBeTrue(text);
                token = JsonNode.Parse(text)!["access_token"]!.GetValue<string>();
                since = Stopwatch.GetTimestamp();
            }

            return token;
        }
        finally
        {
            signingIn.Release();
        }
    }

    private async Task<Answer> Send(HttpMethod method, Uri url, HttpContent? content, string? idempotencyKey, string? traceParent)
    {
        using var request = new HttpRequestMessage(method, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await Token());
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        if (traceParent is not null)
            request.Headers.Add("traceparent", traceParent);
        request.Content = content;
        using var response = await http.SendAsync(request);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
