using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using Loyalty.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.ServiceDefaults;

public sealed class Startup(PostgresServer postgres)
{
    private const string Random = "q7Zk0vXw3nLr9TfB2mHc";

    [Theory]
    [InlineData("ConnectionStrings:Database", "Host=x;Username=cards;Password=changeme-changeme-changeme")]
    [InlineData("ConnectionStrings:Database", "Host=x;Username=points_ledger_role;Password=points_ledger_role")]
    [InlineData("ConnectionStrings:Owner", "Host=x;Username=cards;Password=q7Zk0vXw3nLr9Tf")]
    [InlineData("Broker:Uri", "amqp://guest:guest@localhost/")]
    [InlineData("Broker:Uri", "amqp://points-ledger:secret-secret-secret@localhost/")]
    [InlineData("Operator:ClientSecret", "aaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("Operator:ClientSecret", "")]
    public async Task a_secret_that_anybody_could_guess_is_refused_outside_the_demo(string key, string value)
    {
        (await ReasonsWith((key, value))).ShouldHaveSingleItem().ShouldContain(key);
        (await ReasonsWith((key, value), ("Loyalty:Demo", "true"))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ConnectionStrings:Database", $"Host=x;Username=cards;Password={Random}")]
    [InlineData("ConnectionStrings:Database", "Host=/run/postgresql;Username=cards")]
    [InlineData("Broker:Uri", $"amqp://points-ledger:{Random}@localhost/")]
    [InlineData("Operator:ClientSecret", Random)]
    public async Task a_secret_that_is_one_is_accepted(string key, string value) => (await ReasonsWith((key, value))).ShouldBeEmpty();

    [Theory]
    [InlineData("fsync")]
    [InlineData("full_page_writes")]
    [InlineData("synchronous_commit")]
    public async Task a_database_that_may_forget_what_it_acknowledged_is_refused(string setting)
    {
        var database = await postgres.CreateDatabase("forgetful");
        await using var service = EventStoreSetup.Connect(database.Service);
        await using var administrator = NpgsqlDataSource.Create(database.Administrator);
        (await ReasonsOn(service)).ShouldBeEmpty();
        try
        {
            await Execute(administrator, $"alter system set {setting} = off");
            await Execute(administrator, "select pg_reload_conf()");
            await Eventually.Holds(async () => (await ReasonsOn(service)).ShouldHaveSingleItem().ShouldContain($"Set {setting} = on"));
        }
        finally
        {
            await Execute(administrator, $"alter system reset {setting}");
            await Execute(administrator, "select pg_reload_conf()");
        }
        await Eventually.Holds(async () => (await ReasonsOn(service)).ShouldBeEmpty());
    }

    [Fact]
    public async Task an_endpoint_that_does_not_say_who_may_call_it_is_refused()
    {
        await using var app = Build();
        app.MapGet("/v1/forgotten", () => "open to all");
        (await app.ReasonsNotToStart(CancellationToken.None)).ShouldHaveSingleItem().ShouldContain("/v1/forgotten");
    }

    private static async Task Execute(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<IReadOnlyList<string>> ReasonsWith(params (string Key, string Value)[] settings)
    {
        await using var app = Build(settings: settings);
        return await app.ReasonsNotToStart(CancellationToken.None);
    }

    private static async Task<IReadOnlyList<string>> ReasonsOn(NpgsqlDataSource database)
    {
        await using var app = Build(database);
        return await app.ReasonsNotToStart(CancellationToken.None);
    }

    private static WebApplication Build(NpgsqlDataSource? database = null, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        foreach (var (key, value) in settings)
            builder.Configuration[key] = value;
        if (database is not null)
            builder.Services.AddSingleton(database);
        builder.AddServiceDefaults("tiny");
        var app = builder.Build();
        app.UseServiceDefaults();
        return app;
    }
}
