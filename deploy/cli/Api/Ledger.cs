using System.Text.Json.Serialization;

namespace Loyalty.Cli.Api;

internal sealed record Purchase(
    string TransactionId, string Card, string Store, decimal Amount, string Currency, DateTimeOffset OccurredAt, IReadOnlyList<string>? PromoCodes = null);

internal sealed record Return(string TransactionId, decimal Amount, string Currency, DateTimeOffset OccurredAt);

internal sealed record Redemption(string TransactionId, string Card, string Store, long Points, DateTimeOffset OccurredAt);

/// <summary>What the ledger answers to a posting; a field is 0 where the posting has no such number.</summary>
internal sealed record Posted(string TransactionId, Guid Account, long Points, long Balance, long Debt, long Version);

/// <summary>Which rule gave what; absent where there is nothing but the agreement.</summary>
internal sealed record Explained([property: JsonPropertyName("explained")] Explanation? Explanation)
{
    public IReadOnlyList<Award> Awards => Explanation?.Awards ?? [];
}

internal sealed record Explanation(long Base, IReadOnlyList<Award> Awards);

internal sealed record Award(string Offer, int Version, Guid Issuer, long Points);

internal sealed record Balance(Guid Account, [property: JsonPropertyName("balance")] long Points, long Reserved, long Debt, long Version);

/// <summary>A partner's till at PointsLedger. Who the partner is follows from the token.</summary>
internal sealed class Till(ServiceClient service)
{
    public Task<Reply> Buy(Purchase purchase, CancellationToken ct) => service.Post("v1/purchases", purchase, ct);

    /// <summary>What the purchase would earn; nothing is posted.</summary>
    public Task<Reply> Simulate(Purchase purchase, CancellationToken ct) => service.Post("v1/purchases/simulate", purchase, ct);

    public Task<Reply> TakeBack(string purchaseId, Return taken, CancellationToken ct) => service.Post($"v1/purchases/{purchaseId}/returns", taken, ct);

    public Task<Reply> Redeem(Redemption redemption, CancellationToken ct) => service.Post("v1/redemptions", redemption, ct);
}

/// <summary>The operator's side of PointsLedger.</summary>
internal sealed class Accounts(ServiceClient service)
{
    private static readonly TimeSpan CardMayArriveWithin = TimeSpan.FromSeconds(60);

    public async Task<Balance> Balance(string card, CancellationToken ct) => (await service.Get($"v1/cards/{card}/balance", ct)).Read<Balance>();

    /// <summary>Waits until the ledger has been told of a card that was just linked.</summary>
    public async Task Know(string card, CancellationToken ct)
    {
        var reply = await Eventually.Settles(
            () => service.Get($"v1/cards/{card}/balance", ct), reply => reply.Accepted, CardMayArriveWithin, ct);
        reply.Read<Balance>();
    }
}
