using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Loyalty.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Loyalty.CoalitionPartners.Tests.Webhooks;

/// <summary>A partner's end of webhooks, on this machine. It answers 200 unless it is told otherwise.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<Received> received = new();
    private readonly WebApplication web;

    private WebhookReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        Url = new($"http://127.0.0.1:{FreePorts.Take()}/hook");
        builder.WebHost.UseUrls(Url.GetLeftPart(UriPartial.Authority));
        web = builder.Build();
        web.MapPost("/hook", Take);
        web.MapGet("/elsewhere", () => "not here");
    }

    public Uri Url { get; }

    /// <summary>What has come, in its order, each as often as it came.</summary>
    public IReadOnlyList<Received> All => [.. received];

    /// <summary>How the next one is answered.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public static async Task<WebhookReceiver> Start()
    {
        var receiver = new WebhookReceiver();
        await receiver.web.StartAsync();
        return receiver;
    }

    /// <summary>Answers this status until told otherwise.</summary>
    public void Say(int status) => Answer = http =>
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    /// <summary>Takes and never answers.</summary>
    public void Hang() => Answer = Forever;

    public static Task Forever(HttpContext http) => new TaskCompletionSource().Task.WaitAsync(http.RequestAborted);

    public IReadOnlyList<Received> Of(string type) => [.. received.Where(r => r.Type == type)];

    /// <summary>All of a type once there are so many different ones.</summary>
    public async Task<IReadOnlyList<Received>> Of(string type, int number)
    {
        await Eventually.Holds(() => Of(type).DistinctBy(r => r.Id).Count() == number, TimeSpan.FromSeconds(40), $"There are not {number} of {type}.");
        return Of(type);
    }

    public ValueTask DisposeAsync() => web.DisposeAsync();

    private async Task Take(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        received.Enqueue(new(body, http.Request.ContentType!, http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        await Answer(http);
    }
}

internal sealed record Received(string Body, string ContentType, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Event => JsonDocument.Parse(Body).RootElement;

    public string Id => Headers["webhook-id"];

    public string Type => Event.GetProperty("type").GetString()!;

    public string Position => Event.GetProperty("position").GetString()!;

    public string[] Signatures => Headers["webhook-signature"].Split(' ');

    /// <summary>Checks as a receiver does, with code of its own.</summary>
    public bool IsSignedWith(string secret)
    {
        var content = $"{Id}.{Headers["webhook-timestamp"]}.{Body}";
        var mac = HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes(content));
        return Signatures.Contains("v1," + Convert.ToBase64String(mac));
    }
}
