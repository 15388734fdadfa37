using Loyalty.Cli.Api;

namespace Loyalty.Cli.Demo;

/// <summary>An offer that two partners pay for, from its document to the receipt. Its code is this run's own, so that other runs don't meet it.</summary>
internal sealed class Promotion(Coalition coalition, Cast cast, string day)
{
    private static readonly TimeSpan OffersArriveWithin = TimeSpan.FromSeconds(60);

    private readonly string offer = $"demo-{day}";
    private readonly string code = $"DEMO-{day[^4..].ToUpperInvariant()}";

    public async Task Happens(string transaction, long leaves, CancellationToken ct)
    {
        var (shop, partner) = (cast.Supermarket, cast.Fuel);
        await coalition.Partners.Publish(offer, Document(), ct);
        Day.Tell($"The operator publishes an offer: 20 points at {shop.Name} with the code {code}, 60 % paid by {shop.Name}, 40 % by {partner.Name}", offer);

        var purchase = new Purchase(transaction, cast.Ben.Card, shop.Store, 10.00m, Cast.Currency, DateTimeOffset.UtcNow, [code]);
        // The ledger hears of the offer by message, and it rates only what is bought after its publication.
        var simulated = await Eventually.Settles(
            () => shop.Till.Simulate(purchase = purchase with { OccurredAt = DateTimeOffset.UtcNow }, ct), reply => AwardsOf(reply).Count > 0, OffersArriveWithin, ct);
        Day.Tell($"{shop.Name}'s till asks what {cast.Ben.Name} would earn for {Show.Money(purchase.Amount)} {Cast.Currency}", $"{simulated.Read<Posted>().Points}, and nothing is posted");

        var reply = await shop.Till.Buy(purchase, ct);
        var (posted, awards) = (reply.Read<Posted>(), AwardsOf(reply));
        Day.Require(posted.Points == 30 && posted.Balance == leaves, $"30 points and a balance of {leaves} were due, but {reply.Request} answered {posted}.");
        Day.Require(
            awards.SequenceEqual([new Award(offer, 1, shop.Id, 12), new Award(offer, 1, partner.Id, 8)]),
            $"12 and 8 points of {offer} were due, but the receipt explains: {string.Join(", ", awards)}.");
        Day.Tell($"{cast.Ben.Name} buys it", $"earns 30 (10 by agreement, 12 of {shop.Name}'s and 8 of {partner.Name}'s by {offer}, version 1), has {leaves}");
    }

    private static IReadOnlyList<Award> AwardsOf(Reply reply) => reply.Accepted ? reply.Read<Explained>().Awards : [];

    private object Document() => new
    {
        id = offer,
        name = "Together through the day",
        kind = "bonus",
        priority = 100,
        when = new { partners = new[] { cast.Supermarket.Id }, promoCode = code },
        give = new { points = 20 },
        caps = new[] { new { per = "offer", times = 1 } },
        fundedBy = new[] { new { partnerId = cast.Supermarket.Id, percent = 60 }, new { partnerId = cast.Fuel.Id, percent = 40 } },
    };
}
