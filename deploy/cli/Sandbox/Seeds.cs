using System.Globalization;
using Loyalty.Cli.Api;

namespace Loyalty.Cli.Sandbox;

/// <summary>A member of the sandbox.</summary>
internal sealed record SeededMember(string Name, string Card);

/// <summary>
/// What a sandbox starts with. Everything but the client's secret is the same however often it is sown: the ids follow from the
/// partner's code. The members' points come from a neighbour, so that spending them moves something between two partners.
/// </summary>
internal sealed class Seeds(Coalition coalition, string code)
{
    public const string PromoCode = "SANDBOX";

    public static readonly IReadOnlyList<Store> Stores = [new("S1", "Market Square"), new("S2", "Riverside")];

    private const string CardProduct = "SANDBOX-CARD";
    private const string Currency = "EUR";
    private static readonly string[] Scopes = ["ledger.post", "ledger.redeem", "ledger.read", "settlement.read", "reconciliation.manage"];
    private static readonly TimeSpan MessagesArriveWithin = TimeSpan.FromSeconds(60);

    private Guid partner;

    /// <summary>The partner with terms, and a fresh client for it: the secrets of earlier ones can't be shown again.</summary>
    public async Task<ApiClient> Partner(CancellationToken ct)
    {
        partner = await Admit(code, ct);
        return await coalition.Partners.Register(partner, "try-" + Now(), Scopes, ct);
    }

    /// <summary>Two offers that the partner pays for.</summary>
    public async Task Offers(CancellationToken ct)
    {
        await Publish("code", $"20 points with the code {PromoCode}", new { partners = new[] { partner }, promoCode = PromoCode }, new { points = 20 }, ct);
        await Publish("basket", "Double points from 50 EUR on", new { partners = new[] { partner }, spendFrom = 50 }, new { multiplier = 2 }, ct);
    }

    /// <summary>Anna has 1,000 points, Ben 250 and Chiara none, until somebody tries something.</summary>
    public async Task<IReadOnlyList<SeededMember>> Members(CancellationToken ct)
    {
        await coalition.Cards.Offer(new CardProduct(CardProduct, "Sandbox card", "private", "970009", 16), ct);
        var neighbour = await Admit("NEIGHBOUR", ct);
        var till = coalition.Till(await coalition.Partners.Register(neighbour, "seed-" + Now(), ["ledger.post"], ct));
        return [await Member(till, "Anna", 1000, ct), await Member(till, "Ben", 250, ct), await Member(till, "Chiara", 0, ct)];
    }

    private async Task<Guid> Admit(string code, CancellationToken ct)
    {
        var id = await coalition.Partners.Admit(new NewPartner(code, $"{code} (sandbox)", Currency, Stores), ct);
        await coalition.Partners.Agree(id, new Terms(new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero), 1m, 0.010m, 0.008m), ct);
        return id;
    }

    private async Task<SeededMember> Member(Till till, string name, long points, CancellationToken ct)
    {
        var key = $"sandbox-{code}-{name}";
        var member = await coalition.Members.Enrol(new Questionnaire(name, "Sandbox", null, []), key, ct);
        var card = await coalition.Cards.Give(CardProduct, member, key, ct);
        await coalition.Accounts.Know(card, ct);
        if (points > 0)
            await Earn(till, key, card, points, ct);
        return new SeededMember(name, card);
    }

    // Sown before, the purchase stands already, at another time.
    private static async Task Earn(Till till, string transaction, string card, long points, CancellationToken ct)
    {
        var reply = await Api.Eventually.Settles(
            () => till.Buy(new Purchase(transaction, card, Stores[0].Code, points, Currency, DateTimeOffset.UtcNow), ct),
            reply => reply.Accepted || reply.Code == "transaction-differs", MessagesArriveWithin, ct);
        if (reply.Code != "transaction-differs")
            reply.Read<Posted>();
    }

    private Task Publish(string name, string title, object when, object give, CancellationToken ct)
    {
        var id = $"sandbox-{code.ToLowerInvariant()}-{name}";
        return coalition.Partners.Publish(id, new { id, name = title, kind = "bonus", priority = 100, when, give }, ct);
    }

    private static string Now() => DateTimeOffset.UtcNow.ToString("yyyyMMdd'-'HHmmss", CultureInfo.InvariantCulture);
}
