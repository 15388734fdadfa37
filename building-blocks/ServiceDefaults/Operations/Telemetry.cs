using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Loyalty.ServiceDefaults;

/// <summary>
/// Traces, metrics and logs over OTLP (http/protobuf) to the base address in <c>Telemetry:Otlp</c>, when it is set. Of the traces that
/// begin here the share in <c>Telemetry:Sample</c> is recorded, 1 unless said; one that began elsewhere is recorded if it was there.
/// </summary>
internal static class Telemetry
{
    private static readonly string[] Sources = ["Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "MassTransit", "Loyalty.*"];
    private static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "Npgsql", "MassTransit", "Loyalty.*",
    ];

    public static void AddTelemetry(this IHostApplicationBuilder builder, string service)
    {
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        if (builder.Configuration["Telemetry:Otlp"] is not { Length: > 0 } otlp)
            return;

        // Without this, ASP.NET Core leaves the span of a request without its method, path and address.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", isEnabled: false);
        var resource = ResourceBuilder.CreateDefault().AddService(service, serviceNamespace: "loyalty");
        var sampler = new ParentBasedSampler(new TraceIdRatioBasedSampler(builder.Configuration.GetValue("Telemetry:Sample", 1.0)));
        builder.Services.AddSingleton(_ => Sdk.CreateTracerProviderBuilder().SetSampler(sampler)
            .SetResourceBuilder(resource).AddSource(Sources).AddOtlpExporter(o => To(o, otlp, "traces")).Build());
        builder.Services.AddSingleton(_ => Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource).AddMeter(Meters).AddOtlpExporter((o, _) => To(o, otlp, "metrics")).Build());
        builder.Logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeScopes = true;
            logs.IncludeFormattedMessage = true;
            logs.SetResourceBuilder(resource).AddOtlpExporter(o => To(o, otlp, "logs"));
        });
        builder.Services.AddHostedService<Providers>();
    }

    private static void To(OtlpExporterOptions exporter, string otlp, string signal)
    {
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri($"{otlp.TrimEnd('/')}/v1/{signal}");
    }

    // Starts the providers before the first request and flushes them after the last.
    private sealed class Providers(TracerProvider traces, MeterProvider metrics) : IHostedLifecycleService
    {
        private const int FlushMilliseconds = 3000;

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.Run(() =>
        {
            traces.ForceFlush(FlushMilliseconds);
            metrics.ForceFlush(FlushMilliseconds);
        }, cancellationToken);
    }
}

/// <summary>Gives a request's span what only routing knows: its route and how it ended.</summary>
internal sealed class RequestSpan(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpActivityFeature>()?.Activity is not { } span)
        {
            await next(http);
            return;
        }
        if (http.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
            span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        await next(http);
        if (http.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
        {
            span.DisplayName = $"{http.Request.Method} {route}";
            span.SetTag("http.route", route);
        }
        span.SetTag("http.response.status_code", http.Response.StatusCode);
        if (http.Response.StatusCode >= 500)
            span.SetStatus(ActivityStatusCode.Error);
    }
}
