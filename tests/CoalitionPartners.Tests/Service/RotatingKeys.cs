using System.Text.Json;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.EventStore;
using Loyalty.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.CoalitionPartners.Tests.Service;

public sealed class RotatingKeys(PostgresServer postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task signs_with_a_new_key_once_all_know_it_and_withdraws_the_old_one_after_its_last_token()
    {
        await using var services = await Migrated();
        var clock = new Clock();
        using var keys = new SigningKeys(services.GetRequiredService<DocumentStore>(), clock);
        var first = (await keys.Current(Ct)).KeyId;
        (await Published(keys)).ShouldBe([first]);

        clock.Now += TimeSpan.FromDays(90);
        (await keys.Current(Ct)).KeyId.ShouldBe(first);
        var second = (await Published(keys)).Except([first]).ShouldHaveSingleItem();

        clock.Now += TimeSpan.FromMinutes(5);
        (await keys.Current(Ct)).KeyId.ShouldBe(second);
        (await Published(keys)).ShouldBe([second, first]);

        clock.Now += TimeSpan.FromDays(1);
        (await Published(keys)).ShouldBe([second]);
    }

    [Fact]
    public async Task makes_one_key_however_many_processes_find_none()
    {
        await using var services = await Migrated();
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var keys = new SigningKeys(services.GetRequiredService<DocumentStore>(), TimeProvider.System);
            return (await keys.Current(Ct)).KeyId;
        }));
        made.Distinct().ShouldHaveSingleItem();
    }

    private async Task<ServiceProvider> Migrated()
    {
        var database = await postgres.CreateDatabase("signing_keys");
        await Migrations.Run(database.Owner, database.Name, [typeof(SigningKeys).Assembly], Ct);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("ConnectionStrings:Database", database.Service)]).Build();
        return new ServiceCollection().AddLogging().AddEventStore(configuration, _ => { }).BuildServiceProvider();
    }

    private static async Task<IEnumerable<string>> Published(SigningKeys keys) =>
        JsonDocument.Parse(await keys.JwkSet(Ct)).RootElement.GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("kid").GetString()!);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
