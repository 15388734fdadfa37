using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Loyalty.ServiceDefaults;

/// <summary>Whether the process lives, and whether it should get requests.</summary>
internal static class Health
{
    private const string Required = "required";

    public static void AddHealth(this IServiceCollection services) => services.AddHealthChecks()
        .AddCheck<DatabaseHealth>("database", tags: [Required], timeout: TimeSpan.FromSeconds(3));

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health/live", () => TypedResults.Ok(new { status = "Healthy" })).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapGet("/health/ready", Ready).AllowAnonymous().ExcludeFromDescription();
    }

    // Only what a request can't be served without makes a service unready. A broker that is away degrades it: events wait in the log.
    private static async Task<IResult> Ready(HealthCheckService health, IHostApplicationLifetime life, CancellationToken cancellationToken)
    {
        if (life.ApplicationStopping.IsCancellationRequested)
            return Results.Json(new { status = "Stopping" }, statusCode: StatusCodes.Status503ServiceUnavailable);
        var report = await health.CheckHealthAsync(cancellationToken);
        var unready = report.Entries.Values.Any(e => e.Status == HealthStatus.Unhealthy && e.Tags.Contains(Required, StringComparer.Ordinal));
        var status = unready ? HealthStatus.Unhealthy : report.Status == HealthStatus.Healthy ? HealthStatus.Healthy : HealthStatus.Degraded;
        return Results.Json(
            new { status = status.ToString(), checks = report.Entries.ToDictionary(e => e.Key, e => e.Value.Status.ToString(), StringComparer.Ordinal) },
            statusCode: unready ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }

    private sealed class DatabaseHealth(IServiceProvider services) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            if (services.GetService<NpgsqlDataSource>() is not { } database)
                return HealthCheckResult.Healthy("This service keeps nothing.");
            await using var query = database.CreateCommand("select 1");
            await query.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
    }
}
