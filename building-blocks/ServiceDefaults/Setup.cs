using System.Reflection;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Messaging;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Loyalty.ServiceDefaults;

/// <summary>What every service has, in three calls.</summary>
public static class Setup
{
    private static readonly Dictionary<string, string?> Unused = new(StringComparer.Ordinal)
    {
        ["ConnectionStrings:Database"] = "Host=unused",
        ["Broker:Uri"] = "amqp://unused:unused@unused/",
    };

    private static readonly TimeSpan DatabaseWait = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Telemetry, health, problem documents, strict JSON, authentication, limits and the API's description.
    /// </summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="service">The service's name: <c>points-ledger</c>.</param>
    /// <param name="whileDescribed">
    /// Settings without which the service can't be put together, for the moment in which the build starts it only to ask for its
    /// API's description. Never used otherwise.
    /// </param>
    public static WebApplicationBuilder AddServiceDefaults(
        this WebApplicationBuilder builder, string service, params (string Key, string Value)[] whileDescribed)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (Describing)
            builder.Configuration.AddInMemoryCollection([.. Unused, .. whileDescribed.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))]);
        builder.AddTelemetry(service);
        builder.WebHost.ConfigureKestrel(RequestLimits.Apply);
        var services = builder.Services;
        services.AddSingleton(new ServiceName(service));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddScoped<CurrentOrigin>();
        services.AddSingleton<RefusalStatuses>();
        services.AddHealth();
        services.AddApiDescription(service);
        services.Configure<JsonOptions>(o => StrictJson.Apply(o.SerializerOptions));
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(30));
        services.Configure<TokenOptions>(builder.Configuration.GetSection("Auth"));
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<TokenValidation>();
        return builder;
    }

    /// <summary>Says with which status the service answers each refusal that is not a plain 422.</summary>
    public static IServiceCollection AddRefusals(this IServiceCollection services, Action<RefusalStatuses> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        var statuses = new RefusalStatuses();
        map(statuses);
        return services.Replace(ServiceDescriptor.Singleton(statuses));
    }

    /// <summary>The middleware in its order, and the endpoints every service has.</summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseProgrammeName();
        app.UseMiddleware<RequestSpan>();
        app.UseMiddleware<ProblemsForExceptions>();
        app.UseStatusCodePages(context => StatusProblems.For(context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));
        app.UseMiddleware<RequestLimits>();
        app.MapApiDescription();
        app.UseRouting();
        app.UseMiddleware<TokenGate>();
        app.Use(NameOrigin);
        app.UseMiddleware<StrictBody>();
        app.MapHealth();
        return app;
    }

    /// <summary>
    /// Runs the service until it is told to stop. Refuses to start, saying why, where postings would not be safe.
    /// <para>
    /// With <c>migrate</c> as first argument it brings the database up to date instead, as the owner in
    /// <c>ConnectionStrings:Owner</c>; with <c>rebuild</c> it rebuilds the service's projections; with <c>replay</c> it has the
    /// running service publish its whole log again.
    /// </para>
    /// </summary>
    /// <param name="app">The service.</param>
    /// <param name="args">The command line.</param>
    /// <param name="migrate">The assembly with the service's own migrations; the program itself unless said.</param>
    public static async Task RunService(this WebApplication app, string[] args, Assembly? migrate = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        var migrating = args is ["migrate", ..];
        var refusals = Describing ? [] : migrating ? [.. StartupChecks.OfSecrets(app.Configuration)] : await app.ReasonsNotToStart(app.Lifetime.ApplicationStopping);
        foreach (var refusal in refusals)
            await Console.Error.WriteLineAsync(refusal);
        if (refusals.Count > 0)
            Environment.ExitCode = 1;
        else
            await Run(app, args.FirstOrDefault(), migrate ?? Assembly.GetEntryAssembly()!);
    }

    /// <summary>Why the service must not take requests, as sentences that say what to set; none when it may.</summary>
    public static async Task<IReadOnlyList<string>> ReasonsNotToStart(this WebApplication app, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(app);
        string[] reasons = [.. StartupChecks.OfSecrets(app.Configuration), .. OpenEndpoints(app)];
        return reasons.Length == 0 && app.Services.GetService<NpgsqlDataSource>() is { } database
            ? await WhenReachable(database, cancellationToken)
            : reasons;
    }

    /// <summary>
    /// The assemblies whose migrations a service's database needs: those of the building blocks every service has, of those it uses
    /// besides, and the service's own last.
    /// </summary>
    public static IReadOnlyList<Assembly> MigrationsOf(Assembly service) =>
        [typeof(CurrentOrigin).Assembly, typeof(Inbox).Assembly, typeof(Setup).Assembly, .. BlocksOf(service), service];

    // The build starts the program only to ask for its description: nothing is configured then, and nothing is connected to.
    private static bool Describing => string.Equals(Assembly.GetEntryAssembly()?.GetName().Name, "GetDocument.Insider", StringComparison.Ordinal);

    private static IEnumerable<Assembly> BlocksOf(Assembly service) =>
        service.GetReferencedAssemblies().Where(a => a.Name!.StartsWith("Loyalty.", StringComparison.Ordinal))
            .OrderBy(a => a.Name, StringComparer.Ordinal).Select(Assembly.Load);

    private static Task Run(WebApplication app, string? verb, Assembly service) => verb switch
    {
        "migrate" => Migrate(app.Configuration, service),
        "rebuild" => Maintenance.Rebuild(app.Services, app.Lifetime.ApplicationStopping),
        "replay" => Maintenance.Republish(app.Services, app.Lifetime.ApplicationStopping),
        _ => app.RunAsync(),
    };

    private static async Task Migrate(IConfiguration configuration, Assembly service)
    {
        var owner = configuration.GetConnectionString("Owner")
            ?? throw new InvalidOperationException("ConnectionStrings:Owner is not set: it names the owner of the database, who alone may change its tables.");
        var role = new NpgsqlConnectionStringBuilder(owner).Database!;
        await Migrations.Run(owner, role, MigrationsOf(service), CancellationToken.None);
    }

    // An endpoint that forgot to say who may call it would be open to all.
    private static IEnumerable<string> OpenEndpoints(IEndpointRouteBuilder app) =>
        from endpoint in app.DataSources.SelectMany(s => s.Endpoints)
        where endpoint.Metadata.GetMetadata<RequiredScopes>() is null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
        select $"The endpoint {endpoint.DisplayName} does not say who may call it. Call RequireScope or AllowAnonymous on it.";

    private static async Task<IReadOnlyList<string>> WhenReachable(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var until = DateTimeOffset.UtcNow + DatabaseWait;
        while (true)
        {
            try
            {
                return await StartupChecks.OfDurability(database, cancellationToken);
            }
            catch (NpgsqlException e) when (DateTimeOffset.UtcNow < until && ProblemsForExceptions.IsDatabaseAway(e))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
            }
            catch (NpgsqlException e)
            {
                return [$"PostgreSQL can't be used: {e.Message}. Check ConnectionStrings:Database, and that the database runs and was migrated."];
            }
        }
    }

    private static Task NameOrigin(HttpContext http, RequestDelegate next)
    {
        http.RequestServices.GetRequiredService<CurrentOrigin>().Origin = http.Features.Get<Caller>()?.Origin
            ?? Origin.System(http.RequestServices.GetRequiredService<ServiceName>().Value);
        return next(http);
    }

    private sealed record ServiceName(string Value);
}
