using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Loyalty.EventStore;
using Loyalty.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.ServiceDefaults;

public sealed class Operations(PostgresServer postgres)
{
    [Fact]
    public async Task a_service_is_ready_exactly_while_its_database_can_be_reached()
    {
        var database = await postgres.CreateDatabase("health");
        await using var reachable = EventStoreSetup.Connect(database.Service);
        var (well, wellUrl) = await TinyService.Start("http://127.0.0.1:1", reachable);
        await using (well)
            (await StatusOf(wellUrl, "/health/ready")).ShouldBe(HttpStatusCode.OK);

        await using var away = EventStoreSetup.Connect($"Host=127.0.0.1;Port={FreePorts.Take()};Username=a;Password=a;Timeout=2");
        var (ill, illUrl) = await TinyService.Start("http://127.0.0.1:1", away);
        await using (ill)
        {
            (await StatusOf(illUrl, "/health/ready")).ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await StatusOf(illUrl, "/health/live")).ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task a_service_that_is_told_to_stop_finishes_what_it_has_begun()
    {
        var (app, url) = await TinyService.Start("http://127.0.0.1:1");
        await using var running = app;
        var slow = app.Services.GetRequiredService<TinyService.SlowAnswer>();
        using var client = new HttpClient { BaseAddress = url };
        var answer = client.PostAsync(new Uri("/v1/slow", UriKind.Relative), content: null);
        await slow.Arrived.Task.WaitAsync(TimeSpan.FromSeconds(20));
        var stopped = app.StopAsync();
        await Eventually.Holds(async () => await Refuses(url));
        stopped.IsCompleted.ShouldBeFalse();
        slow.Finish.SetResult();
        using var finished = await answer.WaitAsync(TimeSpan.FromSeconds(20));
        (await finished.Content.ReadAsStringAsync()).ShouldBe("finished");
        await stopped.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task traces_metrics_and_logs_leave_over_otlp_under_the_name_of_the_service()
    {
        await using var sink = await Sink.Start();
        var (app, url) = await TinyService.Start("http://127.0.0.1:1", settings: ("Telemetry:Otlp", sink.Url));
        await using (app)
        {
            (await StatusOf(url, "/v1/gone")).ShouldBe(HttpStatusCode.NotFound);
            (await StatusOf(url, "/v1/bug")).ShouldBe(HttpStatusCode.InternalServerError);
            await app.StopAsync();
        }
        sink.Received("/v1/traces").ShouldContain("GET /v1/gone");
        sink.Received("/v1/traces").ShouldContain("tiny");
        sink.Received("/v1/metrics").ShouldContain("http.server.request.duration");
        sink.Received("/v1/logs").ShouldContain("/v1/bug failed");
    }

    private static async Task<HttpStatusCode> StatusOf(Uri url, string path)
    {
        using var client = new HttpClient { BaseAddress = url };
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode;
    }

    private static async Task<bool> Refuses(Uri url)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(url.Host, url.Port);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>Takes what OTLP exporters send and keeps it as text, in which names stand as they are.</summary>
    private sealed class Sink : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Path, string Text)> received = new();
        private readonly WebApplication server;

        private Sink(string url)
        {
            Url = url;
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls(url);
            server = builder.Build();
            server.MapPost("/v1/{signal}", async (HttpRequest request) =>
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                received.Enqueue((request.Path, Encoding.Latin1.GetString(body.ToArray())));
                return Results.Bytes([], "application/x-protobuf");
            });
        }

        public string Url { get; }

        public static async Task<Sink> Start()
        {
            var sink = new Sink($"http://127.0.0.1:{FreePorts.Take()}");
            await sink.server.StartAsync();
            return sink;
        }

        public string Received(string path) => string.Concat(received.Where(r => r.Path == path).Select(r => r.Text));

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }
}
