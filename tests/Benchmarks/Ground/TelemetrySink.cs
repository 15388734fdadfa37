using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Loyalty.Benchmarks.Ground;

/// <summary>Takes telemetry over OTLP as a collector would, and forgets it.</summary>
internal sealed class TelemetrySink : IAsyncDisposable
{
    private readonly WebApplication app;
    private long bytes;

    private TelemetrySink(Uri url)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url.ToString());
        app = builder.Build();
        app.MapPost("/v1/{signal}", async (HttpRequest request) =>
        {
            var buffer = new byte[64 * 1024];
            for (int read; (read = await request.Body.ReadAsync(buffer)) > 0;) Interlocked.Add(ref bytes, read);
            return Results.Bytes([], "application/x-protobuf");
        });
    }

    /// <summary>How much came.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    public static async Task<TelemetrySink> Start(Uri url)
    {
        var sink = new TelemetrySink(url);
        await sink.app.StartAsync();
        return sink;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
