using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Loyalty.Journeys.Tests;

/// <summary>Where the services send their telemetry: keeps the spans that arrive over OTLP (http/protobuf).</summary>
internal sealed class TelemetrySink : IAsyncDisposable
{
    private readonly ConcurrentQueue<Span> spans = new();
    private WebApplication? app;

    public Uri Url { get; } = new($"http://127.0.0.1:{FreePorts.Take().ToString(System.Globalization.CultureInfo.InvariantCulture)}");

    public IReadOnlyList<Span> Of(string traceId) => [.. spans.Where(span => span.TraceId == traceId)];

    public async Task Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Url.ToString());
        app = builder.Build();
        app.MapPost("/v1/traces", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            foreach (var span in Otlp.Spans(body.ToArray()))
                spans.Enqueue(span);
            return Results.Bytes([], "application/x-protobuf");
        });
        app.MapPost("/v1/{signal}", (string signal) => Results.Bytes([], "application/x-protobuf"));
        await app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
            await app.DisposeAsync();
    }
}
