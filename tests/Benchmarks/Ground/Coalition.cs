using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Loyalty.Benchmarks.Load;
using Loyalty.Messaging;
using Loyalty.Testing;

namespace Loyalty.Benchmarks.Ground;

/// <summary>The services that listen to the ledger, on its broker: CoalitionPartners, which settles, and Customers.</summary>
internal sealed class Coalition : IAsyncDisposable
{
    private readonly ServiceProcess settling;
    private readonly ServiceProcess listening;

    private Coalition(ServiceProcess partners, ServiceProcess customers, TestDatabase settlement)
    {
        settling = partners;
        listening = customers;
        Database = settlement;
    }

    /// <summary>The database of CoalitionPartners, where the settlement view is.</summary>
    public TestDatabase Database { get; }

    public int PartnersProcess => settling.Id;

    /// <summary>Starts both and lets the partner join whose tills post, under the id and the terms that the ledger knows.</summary>
    public static async Task<Coalition> Start(Site site, Ledger ledger)
    {
        var secret = RandomNumberGenerator.GetHexString(40, lowercase: true);
        var database = await site.Postgres.CreateDatabase("coalition_partners");
        var partners = await Start(site, ledger, "CoalitionPartners", "coalition-partners", database, ("Operator__ClientSecret", secret));
        var customers = await Start(site, ledger, "Customers", "customers", await site.Postgres.CreateDatabase("customers"),
            ("Customers__MasterKey", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));
        await Admit(partners.Client, secret);
        return new Coalition(partners, customers, database);
    }

    public async ValueTask DisposeAsync()
    {
        await listening.DisposeAsync();
        await settling.DisposeAsync();
    }

    private static async Task<ServiceProcess> Start(
        Site site, Ledger ledger, string service, string user, TestDatabase database, (string Key, string Value) more)
    {
        var permissions = BrokerPermissions.Of(user);
        var settings = new Dictionary<string, string>(site.ServiceSettings(), StringComparer.Ordinal)
        {
            ["ConnectionStrings__Database"] = database.Service,
            ["ConnectionStrings__Owner"] = database.Owner,
            ["Broker__Uri"] = (await ledger.Host.CreateUser(user, permissions.Configure, permissions.Write, permissions.Read)).ToString(),
            [more.Key] = more.Value,
        };
        await ServiceProcess.Migrate(service, settings);
        return await ServiceProcess.Start(service, settings);
    }

    private static async Task Admit(HttpClient client, string secret)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "client_credentials", ["client_id"] = "operator", ["client_secret"] = secret,
        });
        using var signedIn = await client.PostAsync(new Uri("/connect/token", UriKind.Relative), form);
        signedIn.EnsureSuccessStatusCode();
        var token = (await signedIn.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var stores = Enumerable.Range(0, Population.Stores).Select(Population.Store).Select(code => new { code, name = "Store " + code }).ToArray();
        var partner = await Post("/v1/partners", new { code = Population.PartnerCode, name = "Grocery", currency = "EUR", stores });
        if (partner.GetProperty("partnerId").GetGuid() != LedgerSeed.Partner)
            throw new InvalidOperationException("The partner's id does not follow from its code as the ledger's seed believes.");
        await Post($"/v1/partners/{LedgerSeed.Partner}/agreements", new { effectiveFrom = "2020-01-01T00:00:00Z", pointsPerUnit = 1, issuePrice = 0.010, redeemPrice = 0.008 });

        async Task<JsonElement> Post(string path, object body)
        {
            using var answer = await client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
            return answer.IsSuccessStatusCode
                ? await answer.Content.ReadFromJsonAsync<JsonElement>()
                : throw new InvalidOperationException($"POST {path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }
}
