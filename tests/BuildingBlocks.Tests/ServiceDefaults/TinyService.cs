using FluentValidation;
using Loyalty.Commands;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using Loyalty.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.ServiceDefaults;

/// <summary>The smallest service that has everything of ServiceDefaults, on a real port.</summary>
public sealed class TinyService : IAsyncLifetime
{
    private WebApplication running = null!;

    public TestTokens Tokens { get; private set; } = null!;

    public Uri Url { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Tokens = await TestTokens.Start();
        (running, Url) = await Start(Tokens.Authority);
        Client = ClientOf(Url, Tokens.Operator("things.make"));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await running.DisposeAsync();
        await Tokens.DisposeAsync();
    }

    public static HttpClient ClientOf(Uri url, string token)
    {
        var client = new HttpClient { BaseAddress = url };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    public static async Task<(WebApplication App, Uri Url)> Start(
        string authority, NpgsqlDataSource? database = null, TimeProvider? clock = null, params (string Key, string Value)[] settings)
    {
        var url = new Uri($"http://127.0.0.1:{FreePorts.Take()}");
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url.ToString());
        builder.Configuration["Auth:Authority"] = authority;
        foreach (var (key, value) in settings)
            builder.Configuration[key] = value;
        if (database is not null)
            builder.Services.AddSingleton(database);
        builder.Services.AddSingleton<SlowAnswer>();
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.AddServiceDefaults("tiny");
        builder.Services.AddRefusals(r => r.Map("gone", 404));
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapPost("/v1/things", (Thing thing) => Results.Json(thing, statusCode: 201)).RequireScope("things.make");
        app.MapPost("/v1/postings", Post).RequireScope("things.make");
        app.MapPost("/v1/keyed", (Keyed keyed, HttpContext http) => http.RequestId(keyed.TransactionId).Value)
            .RequireScope("things.make").WithIdempotencyKey(required: false);
        app.MapGet("/v1/things", List).RequireScope("things.make", "things.read");
        app.MapGet("/v1/things/{id:guid}", (Guid id) => TaggedAnswers.Tagged(new { id }, "7")).RequireScope("things.make");
        app.MapGet("/v1/price", () => new Price(new Money(1234, Currency.From("EUR")), PointsDue: null)).RequireScope("things.make");
        app.MapGet("/v1/me", (HttpContext http) => new { http.Caller().ClientId, partner = http.Partner(), by = http.Caller().Origin.CausedBy }).RequireScope("things.make");
        app.MapPost("/v1/slow", Slow).AllowAnonymous();
        app.MapGet("/v1/gone", () => new Refusal("gone", "It is gone.").ToHttp()).AllowAnonymous();
        app.MapGet("/v1/bug", IResult () => throw new InvalidOperationException("a secret of the inside")).AllowAnonymous();
        app.MapGet("/v1/outage", IResult () => throw new NpgsqlException("connection refused")).AllowAnonymous();
        await app.StartAsync();
        return (app, url);
    }

    private static IResult Post(Posting posting)
    {
        var faults = new PostingRules().Validate(posting).ToFaults();
        return faults.Count == 0 ? Results.Ok() : Problem.Of(faults);
    }

    private static async Task<string> Slow([FromServices] SlowAnswer slow, IHostApplicationLifetime life)
    {
        var stopping = new TaskCompletionSource();
        await using var registration = life.ApplicationStopping.Register(stopping.SetResult);
        slow.Arrived.SetResult();
        await stopping.Task;
        await slow.Finish.Task;
        return "finished";
    }

    private static Page<int> List([AsParameters] PageRequest page)
    {
        var after = page.After(new Position(0)).Number;
        return Page.Of([.. Enumerable.Range(after + 1, Math.Min(page.Size + 1, 7 - after))], page, n => new Position(n));
    }

    /// <summary>Holds a request until the service has been told to stop and the test lets it end.</summary>
    internal sealed class SlowAnswer
    {
        public TaskCompletionSource Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Finish { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    internal sealed record Thing(string Name, long Size, DateTimeOffset At, IReadOnlyList<string> Tags, string? Note = null);

    internal sealed record Price(Money Amount, Points? PointsDue);

    internal sealed record Keyed(TransactionId? TransactionId = null);

    internal sealed record Posting(ExactNumber Points, ExactNumber Amount, string Currency);

    private sealed record Position(int Number);

    private sealed class PostingRules : AbstractValidator<Posting>
    {
        public PostingRules()
        {
            RuleFor(p => p.Points).MustBePoints();
            RuleFor(p => p.Currency).MustBeCurrency();
            RuleFor(p => p.Amount).MustBeMoney(p => p.Currency);
        }
    }
}
