using Loyalty.Cli.Api;
using Spectre.Console;

namespace Loyalty.Cli.Demo;

/// <summary>A coalition's day, told while it happens. Every answer is checked: a demo that lies is worse than none.</summary>
internal sealed class Day(Coalition coalition, Cast cast, string day)
{
    private static readonly TimeSpan MessagesArriveWithin = TimeSpan.FromSeconds(60);

    private int transactions;

    /// <summary>What the day should leave on every card.</summary>
    public IReadOnlyDictionary<Shopper, long> ExpectedBalances { get; } = new Dictionary<Shopper, long>
    {
        [cast.Anna] = 38, [cast.Ben] = 165, [cast.Chiara] = 120,
    };

    /// <summary>Points that the day issues and redeems at every partner, returns taken off.</summary>
    public IReadOnlyDictionary<string, (long Issued, long Redeemed)> ExpectedSettlement { get; } = new Dictionary<string, (long, long)>
    {
        [cast.Supermarket.Partner.Code] = (84 + 45 + 120 + 10 + 12, 0),
        [cast.Fuel.Partner.Code] = (104 + 8, 0),
        [cast.Pharmacy.Partner.Code] = (120 - 30, 0),
        [cast.Bookshop.Partner.Code] = (0, 150),
    };

    public async Task Happen(CancellationToken ct)
    {
        await Buys(cast.Anna, cast.Supermarket, 84.60m, earns: 84, leaves: 84, ct);
        await Buys(cast.Anna, cast.Fuel, 52.30m, earns: 104, leaves: 188, ct);
        var medicine = await Buys(cast.Ben, cast.Pharmacy, 40.00m, earns: 120, leaves: 120, ct);
        var groceries = await Buys(cast.Ben, cast.Supermarket, 45.00m, earns: 45, leaves: 165, ct);
        await Buys(cast.Chiara, cast.Supermarket, 120.99m, earns: 120, leaves: 120, ct);

        await Spends(cast.Anna, cast.Bookshop, 150, leaves: 38, ct);
        await Returns(cast.Ben, cast.Pharmacy, medicine, 10.00m, takes: 30, leaves: 135, ct);
        await Repeats(groceries, ct);
        await new Promotion(coalition, cast, day).Happens(NextId(), leaves: ExpectedBalances[cast.Ben], ct);
        await Overspends(cast.Ben, cast.Bookshop, ExpectedBalances[cast.Ben] + 1, ct);
        await IsRobbed(cast.Chiara, cast.Bookshop, ct);
    }

    private async Task<Purchase> Buys(Shopper shopper, Shop shop, decimal amount, long earns, long leaves, CancellationToken ct)
    {
        var purchase = new Purchase(NextId(), shopper.Card, shop.Store, amount, Cast.Currency, DateTimeOffset.UtcNow);

        // The till opened a moment ago; the ledger hears of partners, terms and cards by message.
        var reply = await Eventually.Settles(() => shop.Till.Buy(purchase, ct), reply => reply.Accepted || !IsNews(reply.Code), MessagesArriveWithin, ct);
        Check(reply, earns, leaves);
        Tell($"{shopper.Name} buys for {Show.Money(amount)} {Cast.Currency} at {shop.Name}", $"earns {earns}, has {leaves}");
        return purchase;
    }

    private async Task Spends(Shopper shopper, Shop shop, long points, long leaves, CancellationToken ct)
    {
        Check(await shop.Till.Redeem(Redemption(shopper, shop, points), ct), points, leaves);
        Tell($"{shopper.Name} pays with {points} points at {shop.Name}, where none were earned", $"has {leaves}");
    }

    private async Task Returns(Shopper shopper, Shop shop, Purchase purchase, decimal amount, long takes, long leaves, CancellationToken ct)
    {
        var taken = new Return(NextId(), amount, Cast.Currency, DateTimeOffset.UtcNow);
        Check(await shop.Till.TakeBack(purchase.TransactionId, taken, ct), takes, leaves);
        Tell($"{shopper.Name} returns {Show.Money(amount)} of that purchase at {shop.Name}", $"gives back {takes}, has {leaves}");
    }

    private async Task Repeats(Purchase purchase, CancellationToken ct)
    {
        var before = await coalition.Accounts.Balance(cast.Ben.Card, ct);
        var first = (await cast.Supermarket.Till.Buy(purchase, ct)).Read<Posted>();
        var again = (await cast.Supermarket.Till.Buy(purchase, ct)).Read<Posted>();
        var after = await coalition.Accounts.Balance(cast.Ben.Card, ct);
        Require(first == again && before == after, $"{cast.Supermarket.Name} repeated a request, and something changed: {before} is now {after}.");
        Tell($"{cast.Supermarket.Name}'s till lost the answer and sends Ben's purchase again, twice", $"same answer, still {after.Points}");

        var reply = await cast.Supermarket.Till.Buy(purchase with { Amount = purchase.Amount + 100m }, ct);
        Refused(reply, "transaction-differs");
        Tell($"{cast.Supermarket.Name} sends another amount under the same id", $"refused: {reply.Code}");
    }

    private async Task Overspends(Shopper shopper, Shop shop, long points, CancellationToken ct)
    {
        var reply = await shop.Till.Redeem(Redemption(shopper, shop, points), ct);
        Refused(reply, "insufficient-points");
        Tell($"{shopper.Name} tries to pay with {points} points at {shop.Name}, one too many", $"refused: {reply.Code}");
    }

    private async Task IsRobbed(Shopper shopper, Shop shop, CancellationToken ct)
    {
        await coalition.Cards.Block(shopper.Card, "stolen", ct);

        // The block travels by message. Until it has arrived, a sum that nobody has is refused for want of points.
        var reply = await Eventually.Settles(
            () => shop.Till.Redeem(Redemption(shopper, shop, 1_000_000), ct), reply => reply.Code == "card-blocked", MessagesArriveWithin, ct);
        Refused(reply, "card-blocked");
        Refused(await shop.Till.Redeem(Redemption(shopper, shop, 20), ct), "card-blocked");
        Tell($"{shopper.Name}'s card is stolen and blocked; somebody tries to pay with 20 points at {shop.Name}", "refused: card-blocked");
    }

    private Redemption Redemption(Shopper shopper, Shop shop, long points) => new(NextId(), shopper.Card, shop.Store, points, DateTimeOffset.UtcNow);

    private string NextId() => $"{day}-{++transactions}";

    private static bool IsNews(string code) => code is "unknown-card" or "unknown-store" or "no-agreement";

    private static void Check(Reply reply, long points, long balance)
    {
        var posted = reply.Read<Posted>();
        Require(posted.Points == points && posted.Balance == balance, $"{points} points and a balance of {balance} were due, but {reply.Request} answered {posted}.");
    }

    private static void Refused(Reply reply, string code) => Require(reply.Code == code, $"A refusal '{code}' was due, but: {reply}");

    internal static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new StoppedException(otherwise);
    }

    internal static void Tell(string what, string outcome) =>
        AnsiConsole.MarkupLineInterpolated($"  [grey]•[/] {what} [grey]→[/] [bold]{outcome}[/]");
}
