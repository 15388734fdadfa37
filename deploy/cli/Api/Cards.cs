namespace Loyalty.Cli.Api;

internal sealed record CardProduct(string Code, string Name, string Kind, string IssuerPrefix, int NumberLength);

/// <summary>The operator's side of Cards.</summary>
internal sealed class Cards(ServiceClient service)
{
    private static readonly TimeSpan MemberMayArriveWithin = TimeSpan.FromSeconds(60);

    public async Task Offer(CardProduct product, CancellationToken ct) =>
        (await service.Post("v1/card-products", product, ct)).Read<object>();

    /// <summary>Issues a card, activates it and links it to the member; the same key finds the same card again.</summary>
    public async Task<string> Give(string product, Guid member, string key, CancellationToken ct)
    {
        var issued = (await service.Post("v1/cards", new { product, count = 1 }, ct, key)).Read<Issued>();
        var number = issued.Cards[0].Number;
        (await service.Post($"v1/cards/{number}/activate", null, ct)).Read<object>();

        // Cards learns of a new member by message, so the member may be a moment behind the card.
        var linked = await Eventually.Settles(
            () => service.Post($"v1/cards/{number}/link", new { memberId = member }, ct),
            reply => reply.Code != "member-unknown", MemberMayArriveWithin, ct);
        linked.Read<object>();
        return number;
    }

    public async Task Block(string number, string reason, CancellationToken ct) =>
        (await service.Post($"v1/cards/{number}/block", new { reason }, ct)).Read<object>();

    private sealed record Issued(IReadOnlyList<Card> Cards);

    private sealed record Card(string Number);
}
