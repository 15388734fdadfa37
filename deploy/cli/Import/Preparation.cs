using System.Collections.Concurrent;
using Loyalty.Cli.Api;

namespace Loyalty.Cli.Import;

/// <summary>What stands before the first purchase can be posted: a till per partner and a card per household.</summary>
internal sealed record Prepared(IReadOnlyDictionary<string, Till> TillOf, IReadOnlyDictionary<string, string> CardOf);

/// <summary>
/// Admits the partners and enrols the households. Every step is named after the data, so doing it again finds what is there;
/// only API clients are registered afresh, because their secrets are shown once.
/// </summary>
internal sealed class Preparation(Coalition coalition, CompleteJourney journey, Codes codes, int concurrency)
{
    public const string Currency = "USD";

    private const string CardProduct = "COMPLETE-JOURNEY";
    private static readonly Terms Terms = new(new DateTimeOffset(2017, 1, 1, 0, 0, 0, TimeSpan.Zero), PointsPerUnit: 1m, IssuePrice: 0.010m, RedeemPrice: 0.008m);
    private static readonly string[] Scopes = ["ledger.post", "ledger.redeem", "ledger.read", "ledger.backdate"];

    public async Task<IReadOnlyDictionary<string, Till>> AdmitPartners(string run, Action step, CancellationToken ct)
    {
        var tills = new Dictionary<string, Till>();
        foreach (var department in journey.Departments)
        {
            var partner = await coalition.Partners.Admit(new NewPartner(
                codes[department], department, Currency, [.. journey.Stores[department].Select(store => new Store(store, $"Store {store}"))]), ct);
            await coalition.Partners.Agree(partner, Terms, ct);
            tills[department] = coalition.Till(await coalition.Partners.Register(partner, run, Scopes, ct));
            step();
        }

        return tills;
    }

    public async Task<IReadOnlyDictionary<string, string>> EnrolHouseholds(Action step, CancellationToken ct)
    {
        await coalition.Cards.Offer(new CardProduct(CardProduct, "Complete Journey", "private", "970017", 16), ct);
        var cards = new ConcurrentQueue<(string Household, string Card)>();
        await Parallel.ForEachAsync(journey.Households, new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = ct }, async (household, token) =>
        {
            var member = await coalition.Members.Enrol(
                new Questionnaire("Household", household, null, []), $"complete-journey-household-{household}", token);
            cards.Enqueue((household, await coalition.Cards.Give(CardProduct, member, $"complete-journey-card-{household}", token)));
            step();
        });

        // The ledger hears of cards in the order of their links, and the one linked last is among as many as were under way at a
        // time: once it knows these, it knows all. One after another, because asking for unknown cards looks like scanning for them.
        foreach (var (_, card) in cards.TakeLast(concurrency))
            await coalition.Accounts.Know(card, ct);
        return cards.ToDictionary(pair => pair.Household, pair => pair.Card);
    }
}
