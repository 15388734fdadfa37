using Loyalty.Cli.Api;

namespace Loyalty.Cli.Demo;

/// <summary>A partner with its till open.</summary>
internal sealed record Shop(Guid Id, NewPartner Partner, Terms Terms, Till Till)
{
    public string Name => Partner.Name;

    public string Store => Partner.Stores[0].Code;
}

/// <summary>A member and the card in their pocket.</summary>
internal sealed record Shopper(string Name, string Card);

/// <summary>Who plays: partners that stay from run to run, and members who enrol anew for each.</summary>
internal sealed record Cast(Shop Supermarket, Shop Fuel, Shop Pharmacy, Shop Bookshop, Shopper Anna, Shopper Ben, Shopper Chiara)
{
    public const string Currency = "EUR";

    private const string CardProduct = "COALITION-CARD";
    private static readonly string[] Scopes = ["ledger.post", "ledger.redeem", "ledger.read"];

    public IReadOnlyList<Shop> Shops => [Supermarket, Fuel, Pharmacy, Bookshop];

    public IReadOnlyList<Shopper> Shoppers => [Anna, Ben, Chiara];

    public static async Task<Cast> Gather(Coalition coalition, string day, CancellationToken ct)
    {
        await coalition.Cards.Offer(new CardProduct(CardProduct, "Coalition card", "private", "970001", 16), ct);
        return new Cast(
            await Open(coalition, day, "FRESHMART", "Freshmart", 1m, 0.010m, 0.008m, ["Market Square", "Riverside"], ct),
            await Open(coalition, day, "NORTHFUEL", "Northfuel", 2m, 0.009m, 0.008m, ["Ring Road", "Harbour"], ct),
            await Open(coalition, day, "GREENCROSS", "Greencross Pharmacy", 3m, 0.010m, 0.009m, ["Old Town"], ct),
            await Open(coalition, day, "BOOKNOOK", "Booknook", 1m, 0.012m, 0.010m, ["Station"], ct),
            await Enrol(coalition, day, "Anna", "Berg", null, ct),
            await Enrol(coalition, day, "Ben", "Okafor", "student", ct),
            await Enrol(coalition, day, "Chiara", "Rossi", "pensioner", ct));
    }

    private static async Task<Shop> Open(
        Coalition coalition, string day, string code, string name, decimal pointsPerUnit, decimal issue, decimal redeem,
        IReadOnlyList<string> stores, CancellationToken ct)
    {
        var partner = new NewPartner(code, name, Currency, [.. stores.Select((store, index) => new Store($"S{index + 1}", store))]);
        var terms = new Terms(new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero), pointsPerUnit, issue, redeem);
        var id = await coalition.Partners.Admit(partner, ct);
        await coalition.Partners.Agree(id, terms, ct);
        return new Shop(id, partner, terms, coalition.Till(await coalition.Partners.Register(id, $"till-{day}", Scopes, ct)));
    }

    private static async Task<Shopper> Enrol(Coalition coalition, string day, string first, string last, string? privilege, CancellationToken ct)
    {
        var member = await coalition.Members.Enrol(
            new Questionnaire(first, last, privilege, [new Consent("email", Granted: true)]), $"demo-{day}-member-{first}", ct);
        return new Shopper(first, await coalition.Cards.Give(CardProduct, member, $"demo-{day}-card-{first}", ct));
    }
}
