using System.Globalization;
using System.Text.Json.Nodes;

namespace Loyalty.Journeys.Tests;

/// <summary>A member with an active card that the ledger knows.</summary>
internal sealed record Member(Guid Id, string Card);

/// <summary>A partner: its till, and its office, whose client reads what is settled and reconciles.</summary>
internal sealed record Retailer(Guid Id, Till Till, ApiClient Office);

/// <summary>The coalition's operator.</summary>
internal sealed class Operator(Coalition coalition, ApiClient client)
{
    public const string Currency = "EUR";

    private const string CardProduct = "JOURNEY-CARD";
    private static int names;

    /// <summary>Admits a partner nobody has heard of, with an agreement since long ago, and opens its till.</summary>
    public async Task<Till> Admit(decimal pointsPerUnit = 1m, decimal issuePrice = 0.010m, decimal redeemPrice = 0.008m)
    {
        var (partner, code) = await AdmitPartner(pointsPerUnit, issuePrice, redeemPrice);
        return new Till(code, coalition.UrlOf(Coalition.Ledger), await Register(partner, "till", "ledger.post", "ledger.redeem", "ledger.read"));
    }

    /// <summary>The same with a till that may post what happened long ago, and with an office.</summary>
    public async Task<Retailer> AdmitRetailer(decimal pointsPerUnit = 1m, decimal issuePrice = 0.010m, decimal redeemPrice = 0.008m)
    {
        var (partner, code) = await AdmitPartner(pointsPerUnit, issuePrice, redeemPrice);
        var till = new Till(code, coalition.UrlOf(Coalition.Ledger), await Register(partner, "till", "ledger.post", "ledger.redeem", "ledger.read", "ledger.backdate"));
        return new Retailer(partner, till, await Register(partner, "office", "settlement.read", "reconciliation.manage"));
    }

    private async Task<(Guid Id, string Code)> AdmitPartner(decimal pointsPerUnit, decimal issuePrice, decimal redeemPrice)
    {
        var code = Unique("PARTNER");
        var partner = (await Post(Coalition.Partners, "v1/partners", new
        {
            code, name = $"Partner {code}", currency = Currency, stores = new[] { new { code = Till.Store, name = "The store" } },
        })).Body["partnerId"]!.GetValue<Guid>();
        await Post(Coalition.Partners, $"v1/partners/{partner}/agreements", new { effectiveFrom = "2020-01-01T00:00:00Z", pointsPerUnit, issuePrice, redeemPrice });
        return (partner, code);
    }

    private async Task<ApiClient> Register(Guid partner, string name, params string[] scopes)
    {
        var secret = (await Post(Coalition.Partners, $"v1/partners/{partner}/clients", new { name, scopes })).Body;
        return coalition.Client(secret["clientId"]!.GetValue<string>(), secret["clientSecret"]!.GetValue<string>());
    }

    /// <summary>Enrols members with a linked card each, and waits until the till's ledger knows the cards.</summary>
    public async Task<IReadOnlyList<Member>> Enrol(Till till, int count = 1)
    {
        await Post(Coalition.Cards, "v1/card-products", new { code = CardProduct, name = "Journey card", kind = "private", issuerPrefix = "970003", numberLength = 16 });
        var members = new List<Member>();
        for (var i = 0; i < count; i++)
        {
            var key = Unique("member");
            var id = (await Post(Coalition.Customers, "v1/members", new { firstName = "Jo", lastName = key, consents = Array.Empty<object>() }, key)).Body["memberId"]!.GetValue<Guid>();
            var card = (await Post(Coalition.Cards, "v1/cards", new { product = CardProduct, count = 1 }, key)).Body["cards"]![0]!["number"]!.GetValue<string>();
            await Post(Coalition.Cards, $"v1/cards/{card}/activate", null);
            await Eventually.Holds(() => Post(Coalition.Cards, $"v1/cards/{card}/link", new { memberId = id }));
            members.Add(new Member(id, card));
        }

        // Cards are heard of in the order of their links, so the last one stands for all.
        await Eventually.Holds(async () => (await till.Balance(members[^1])).ShouldBe(0), TimeSpan.FromSeconds(30));
        return members;
    }

    public async Task<Member> EnrolOne(Till till) => (await Enrol(till))[0];

    public Task Block(Member member, string reason) => Post(Coalition.Cards, $"v1/cards/{member.Card}/block", new { reason });

    public async Task<JsonNode> Settlements() => (await client.Get(new Uri(coalition.UrlOf(Coalition.Partners), "v1/settlements?limit=200"))).Accepted().Body;

    public async Task<Position> PositionOf(Till till) => Settlement.PositionOf(await Settlements(), till.Partner);

    public async Task<JsonNode> Activity(Member member) =>
        (await client.Get(new Uri(coalition.UrlOf(Coalition.Customers), $"v1/members/{member.Id}"))).Accepted().Body["activity"]!;

    public static string Unique(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{Interlocked.Increment(ref names)}");

    private async Task<Answer> Post(string service, string path, object? body, string? key = null) =>
        (await client.Post(new Uri(coalition.UrlOf(service), path), body, key)).Accepted();
}

/// <summary>A partner's till.</summary>
internal sealed class Till(string partner, Uri ledger, ApiClient client)
{
    public const string Store = "S1";

    private static int transactions;

    public string Partner => partner;

    /// <summary>Signs in ahead of the first call.</summary>
    public Task<string> SignIn() => client.Token();

    public static string NextId() => string.Create(CultureInfo.InvariantCulture, $"t-{Interlocked.Increment(ref transactions)}");

    public Task<Answer> Buy(Member member, decimal amount, string? id = null, string? traceParent = null, DateTimeOffset? at = null) => client.Post(
        new Uri(ledger, "v1/purchases"),
        new { transactionId = id ?? NextId(), card = member.Card, store = Store, amount, currency = Operator.Currency, occurredAt = at ?? Noon },
        traceParent: traceParent);

    public Task<Answer> Return(string purchase, decimal amount, string? id = null, DateTimeOffset? at = null) => client.Post(
        new Uri(ledger, $"v1/purchases/{purchase}/returns"),
        new { transactionId = id ?? NextId(), amount, currency = Operator.Currency, occurredAt = at ?? Noon });

    public Task<Answer> Redeem(Member member, long points, string? id = null, DateTimeOffset? at = null) => client.Post(
        new Uri(ledger, "v1/redemptions"), new { transactionId = id ?? NextId(), card = member.Card, store = Store, points, occurredAt = at ?? Noon });

    public async Task<long> Balance(Member member) => (await client.Get(new Uri(ledger, $"v1/cards/{member.Card}/balance"))).Accepted().Number("balance");

    /// <summary>Terms reach the ledger by message: buys until they have.</summary>
    public async Task<Answer> BuyWhenKnown(Member member, decimal amount, string? id = null, DateTimeOffset? at = null)
    {
        Answer? answer = null;
        await Eventually.Holds(async () => answer = (await Buy(member, amount, id, at: at)).Accepted(), TimeSpan.FromSeconds(30));
        return answer!;
    }

    // The same all day, so that a request sent again says the same.
    public static readonly DateTimeOffset Noon = DateTimeOffset.UtcNow;
}
