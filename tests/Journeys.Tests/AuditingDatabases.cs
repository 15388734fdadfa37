using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Loyalty.Journeys.Tests;

/// <summary>The databases that a day of a coalition has left, and copies of them in which something is wrong.</summary>
public sealed class AuditingDatabases(PostgresServer postgres, RabbitServer rabbit) : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Options = new(StringComparer.Ordinal)
    {
        [Coalition.Ledger] = "--ledger", [Coalition.Partners] = "--partners", [Coalition.Customers] = "--customers", [Coalition.Cards] = "--cards",
    };

    private readonly Coalition coalition = new(postgres, rabbit);
    private int copies;

    internal AuditingDay Day { get; private set; } = null!;

    /// <summary>What the points that members hold cost their issuers, as the liability desk has it.</summary>
    internal decimal Liability { get; private set; }

    public async ValueTask InitializeAsync()
    {
        await coalition.InitializeAsync();
        using var http = new HttpClient();
        Day = new(coalition, http);
        await Day.Live();
        await Eventually.Holds(IsQuiet, TimeSpan.FromSeconds(60));
        Liability = await new AuditingDesk(coalition).Liability();
        foreach (var service in new[] { Coalition.Ledger, Coalition.Partners })
            (await coalition.Client("operator", coalition.OperatorSecret).Post(new Uri(coalition.UrlOf(service), "v1/checkpoints"), null)).Accepted();
        // Whoever copies a database must be alone with it.
        await coalition.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Audits the databases as the services left them, with the rights of the services.</summary>
    internal Task<Ended> Audit() => Audit(Options.Keys.ToDictionary(service => service, service => coalition.SettingsOf(service)["ConnectionStrings__Database"]));

    /// <summary>
    /// Audits a copy of one of them after something was done to it that no service does: the numbers of the checks that fail. That the log is
    /// not what was signed goes without saying and is left out, for what is done to it is to be found by what it means.
    /// </summary>
    internal async Task<IReadOnlyList<int>> BrokenBy(string service, string sql)
    {
        var said = await AuditAfter(service, sql);
        return [.. Regex.Matches(said, @"^FAILED +(\d+)", RegexOptions.Multiline).Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).Where(n => n != 18)];
    }

    /// <summary>What the audit says after something was done to a copy of one of them.</summary>
    internal async Task<string> AuditAfter(string service, string sql)
    {
        var databases = Options.Keys.ToDictionary(name => name, coalition.DatabaseOf);
        var original = new NpgsqlConnectionStringBuilder(databases[service]) { Pooling = false };
        var copy = new NpgsqlConnectionStringBuilder(original.ConnectionString) { Database = string.Create(CultureInfo.InvariantCulture, $"{original.Database}_{++copies}") };
        var server = new NpgsqlConnectionStringBuilder(original.ConnectionString) { Database = "postgres" };
        await Execute(server.ConnectionString, $"create database {copy.Database} template {original.Database}");
        (await Execute(copy.ConnectionString, sql)).ShouldNotBe(0, "Nothing was changed.");

        databases[service] = copy.ConnectionString;
        var ended = await Audit(databases);
        await Execute(server.ConnectionString, $"drop database {copy.Database}");
        ended.ExitCode.ShouldBe(1, ended.Output + ended.Errors);
        ended.Output.ShouldContain("audit: ", customMessage: ended.Errors);
        return ended.Output;
    }

    private Task<Ended> Audit(Dictionary<string, string> databases) => Audit(coalition, databases, patience: 0);

    /// <summary>Audits the databases of a coalition that runs.</summary>
    internal static Task<Ended> Audit(Coalition running) => Audit(running, Options.Keys.ToDictionary(service => service, running.DatabaseOf), patience: 30);

    private static Task<Ended> Audit(Coalition audited, Dictionary<string, string> databases, int patience) => CommandLine.Run(
        audited, ["audit", "--patience", patience.ToString(CultureInfo.InvariantCulture), .. databases.SelectMany(d => new[] { Options[d.Key], d.Value })]);

    private async Task<bool> IsQuiet() =>
        await HasHeard("coalition-partners.settlement", "'points-accrued', 'purchase-reversed', 'points-redeemed', 'redemption-reversed', 'points-expired', 'points-adjusted'")
        && await HasHeard("coalition-partners.transactions", "'points-accrued', 'purchase-reversed', 'points-redeemed', 'redemption-reversed'")
        && await HasHeard("coalition-partners.liability", "'points-accrued', 'purchase-reversed', 'points-redeemed', 'redemption-reversed', 'points-expired', 'points-adjusted', 'debt-repaid'")
        && await IsQuiet(Coalition.Ledger) && await IsQuiet(Coalition.Partners);

    private async Task<bool> HasHeard(string queue, string types) =>
        await Number(Coalition.Partners, $"select count(*) from inbox where consumer = '{queue}'") == await Number(Coalition.Ledger, $"select count(*) from mt_events where type in ({types})");

    private async Task<bool> IsQuiet(string service) =>
        await Number(service, "select count(*) from mt_event_progression where last_seq_id < (select max(seq_id) from mt_events)") == 0;

    /// <summary>One number out of the database of a service.</summary>
    internal async Task<long> Number(string service, string sql)
    {
        // A pooled session would stay with the database, and whoever copies it must be alone with it.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(coalition.DatabaseOf(service)) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<int> Execute(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync();
    }
}
