using Loyalty.Benchmarks.Ground;
using Loyalty.Benchmarks.Load;
using Loyalty.Testing;
using Npgsql;

namespace Loyalty.Benchmarks.Contenders;

/// <summary>A plain service of one of the modes of this program, on a database of its own.</summary>
internal sealed record PlainContender(string Key, string Title, Site Site, ServiceProcess Service, TestDatabase Database)
    : HttpContender(Key, Title, Site, Service.Url.Port, Service.Id, new LoadPlan(Key, Request.Postings, 0, "", Site.Options.Accounts, 0, 0)), IAsyncDisposable
{
    // More connections than this only make two cores switch between them; fewer leave commits waiting.
    private const int PoolSize = 32;

    public override IReadOnlyList<int> Widths => [32, 64, 128];

    public static Task<PlainContender> EntityFramework(Site site) => Start(site, "ef", "(b) ASP.NET Core + EF Core", "serve-ef");

    public static Task<PlainContender> Npgsql(Site site) => Start(site, "npgsql", "(c) ASP.NET Core + Npgsql", "serve-npgsql");

    public override string Book => Key;

    public override Task<long> Stored() => PlainSeed.Count(Database.Administrator, "posted");

    public ValueTask DisposeAsync() => Service.DisposeAsync();

    private static async Task<PlainContender> Start(Site site, string key, string title, string mode)
    {
        var place = await site.Postgres.CreateDatabase("plain_" + key);
        await PlainSeed.Fill(place, site.Options.Accounts, "tables.sql");
        var connection = new NpgsqlConnectionStringBuilder(place.Service)
        {
            MaxPoolSize = PoolSize, MinPoolSize = PoolSize, MaxAutoPrepare = 50, AutoPrepareMinUsages = 1, NoResetOnClose = true,
        };
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["ConnectionStrings__Database"] = connection.ConnectionString };
        return new PlainContender(key, title, site, await Site.StartMode(mode, settings), place);
    }
}

/// <summary>(d) The empty endpoint on our own host.</summary>
internal sealed record EmptyContender(Site Site, ServiceProcess Service)
    : HttpContender("empty", "(d) empty endpoint, our host", Site, Service.Url.Port, Service.Id, new LoadPlan("empty", Request.Postings, 0, "", Site.Options.Accounts, 0, 0)), IAsyncDisposable
{
    public override IReadOnlyList<int> Widths => [64, 32, 128];

    public static async Task<EmptyContender> Start(Site site) => new(site, await Site.StartMode("serve-empty", site.ServiceSettings()));

    public ValueTask DisposeAsync() => Service.DisposeAsync();
}
