using System.CommandLine;
using System.Globalization;
using Loyalty.Cli.Api;
using Spectre.Console;

namespace Loyalty.Cli.Sandbox;

/// <summary><c>seed</c>: gives a partner what it needs to try everything, in a sandbox only.</summary>
internal static class SeedCommand
{
    private const string Header = "Loyalty-Programme";

    public static Command Create()
    {
        var code = new Argument<string>("code") { Description = "The partner's code, best the one it has in the real programme.", DefaultValueFactory = _ => "ACME" };
        var command = new Command("seed", "Fill a sandbox: a partner with terms, offers, members and a client. Refused by the real programme.") { code };
        command.SetAction((parsed, ct) => Outcome.Of(() => Run(parsed.GetRequiredValue(code), ct), ct));
        return command;
    }

    private static async Task Run(string code, CancellationToken ct)
    {
        var addresses = Addresses.FromEnvironment();
        await RequireSandbox(addresses, ct);
        using var coalition = new Coalition(addresses);
        var seeds = new Seeds(coalition, code);
        var (client, members) = (await seeds.Partner(ct), await seeds.Members(ct));
        await seeds.Offers(ct);

        var table = Show.Table($"Members in the sandbox of {code}", "member", "card", "points");
        foreach (var member in members)
            table.AddRow(member.Name, member.Card, Show.Number((await coalition.Accounts.Balance(member.Card, ct)).Points));
        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated($"Stores {string.Join(", ", Seeds.Stores.Select(s => s.Code))}; 20 points with the code {Seeds.PromoCode}, double points from 50 EUR on.");
        AnsiConsole.MarkupLineInterpolated($"Tokens at {new Uri(addresses.Partners, "connect/token")}, tills at {addresses.Ledger}");
        // Plain, so that they can be copied however narrow the terminal is.
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"client_id={client.ClientId}\nclient_secret={client.ClientSecret}"));
    }

    // The services say themselves which programme they are; what is seeded must never get into the real one.
    private static async Task RequireSandbox(Addresses addresses, CancellationToken ct)
    {
        using var http = new HttpClient();
        foreach (var address in new[] { addresses.Partners, addresses.Customers, addresses.Cards, addresses.Ledger })
        {
            using var answer = await Ask(http, address, ct);
            if (!answer.Headers.TryGetValues(Header, out var names) || !names.Contains("sandbox", StringComparer.Ordinal))
                throw new StoppedException($"{address} is no sandbox: its answers don't carry {Header}: sandbox. Nothing was done; start one with './loyalty sandbox up'.");
        }
    }

    private static async Task<HttpResponseMessage> Ask(HttpClient http, Uri address, CancellationToken ct)
    {
        try
        {
            return await http.GetAsync(new Uri(address, "health/live"), ct);
        }
        catch (HttpRequestException)
        {
            throw new StoppedException($"{address} does not answer. Start the sandbox with './loyalty sandbox up'.");
        }
    }
}
