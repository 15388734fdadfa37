using Npgsql;

namespace Loyalty.Journeys.Tests;

/// <summary>A ledger that could lose what it has acknowledged, or whose secrets everybody knows, does not start.</summary>
[Collection(RunningCoalition.Name)]
public sealed class StartingUp(Coalition coalition)
{
    [Fact]
    public async Task is_refused_where_the_database_does_not_wait_for_its_disk()
    {
        await using var careless = new PostgresServer();
        var database = await careless.CreateDatabase("points_ledger");
        var settings = With(("ConnectionStrings__Database", database.Service), ("ConnectionStrings__Owner", database.Owner));
        await ServiceProcess.Migrate(Coalition.Ledger, settings);

        foreach (var setting in new[] { "fsync", "full_page_writes" })
        {
            await Execute(database.Administrator, $"alter system set {setting} = off", "select pg_reload_conf()");
            await Refused(Coalition.Ledger, settings, setting);
            await Execute(database.Administrator, $"alter system reset {setting}", "select pg_reload_conf()");
        }

        await Execute(database.Administrator, $"alter role {database.Name} set synchronous_commit = off");
        await Refused(Coalition.Ledger, settings, "synchronous_commit");
    }

    [Theory]
    [InlineData("")]
    [InlineData("change-me")]
    public async Task is_refused_with_a_placeholder_for_a_secret(string secret)
    {
        var settings = new Dictionary<string, string>(coalition.SettingsOf(Coalition.Partners)) { ["Operator__ClientSecret"] = secret };

        await Refused(Coalition.Partners, settings, "Operator");
    }

    private static async Task Refused(string service, Dictionary<string, string> settings, string because)
    {
        var refusal = await Should.ThrowAsync<InvalidOperationException>(() => ServiceProcess.Start(service, settings));
        refusal.Message.ShouldContain(because);
    }

    private Dictionary<string, string> With(params (string Key, string Value)[] changed)
    {
        var settings = new Dictionary<string, string>(coalition.SettingsOf(Coalition.Ledger));
        foreach (var (key, value) in changed)
            settings[key] = value;
        return settings;
    }

    private static async Task Execute(string database, params string[] statements)
    {
        await using var source = NpgsqlDataSource.Create(database);
        foreach (var statement in statements)
        {
            await using var command = source.CreateCommand(statement);
            await command.ExecuteNonQueryAsync();
        }
    }
}
