using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Tests.Domain;
using Shouldly;

namespace Loyalty.PointsLedger.Tests.Views;

/// <summary>A member whose account the ledger has kept for long: facts are appended with the times they would have had.</summary>
internal sealed class OldAccount(RunningLedger ledger, Guid id)
{
    private readonly Dictionary<string, List<object>> transactions = new(StringComparer.Ordinal);

    public Guid Id => id;

    private string Card { get; } = "627648" + id.ToString("N")[..10];

    public static async Task<OldAccount> Opened(RunningLedger ledger, DateTimeOffset at)
    {
        var account = new OldAccount(ledger, Guid.NewGuid());
        await account.Append(a => a.LinkCard(new(Guid.NewGuid()), account.Card, 3, at, at));
        return account;
    }

    /// <param name="id">The transaction's id.</param>
    /// <param name="points">How many.</param>
    /// <param name="recorded">When the ledger recorded it.</param>
    /// <param name="happened">When it happened where that is not the same.</param>
    public Task Buy(string id, long points, DateTimeOffset recorded, DateTimeOffset? happened = null) =>
        Append(a => a.Accrue(By(id, recorded, happened), "MAIN", Card, Given.Eur(points), Given.OnePerEuro), id);

    public Task Redeem(string id, long points, DateTimeOffset recorded, DateTimeOffset? happened = null) =>
        Append(a => a.Redeem(By(id, recorded, happened), "MAIN", Card, new(points), 1), id);

    public Task Reserve(string id, long points, DateTimeOffset recorded) => Append(a => a.Reserve(By(id, recorded), "MAIN", Card, new(points), 1), id);

    public Task Capture(string reservation, long points, DateTimeOffset recorded) =>
        Append(a => a.Capture(By(reservation + "-captured", recorded), TransactionId.From(reservation), new(points)));

    public Task Return(string purchase, long amount, DateTimeOffset recorded, DateTimeOffset? happened = null) =>
        Append(a => a.Return(By($"{purchase}-returned-{amount}", recorded, happened), Purchase.From(transactions[purchase]), Given.Eur(amount)), purchase);

    public Task Restore(string redemption, DateTimeOffset recorded) =>
        Append(a => a.Reverse(By(redemption + "-undone", recorded), Redemption.From(transactions[redemption])), redemption);

    public Task Close(DateTimeOffset at) => Append(a => a.Close("erased", at, at));

    public async Task<IReadOnlyList<StoredEvent>> Facts() => await ledger.Store.FetchStream(id);

    private Transaction By(string transaction, DateTimeOffset recorded, DateTimeOffset? happened = null) =>
        new(new(ledger.Grocery.Id), TransactionId.From(transaction), happened ?? recorded, recorded);

    private async Task Append(Func<Account, Decision<IAccountFact>> decide, string? transaction = null)
    {
        await using var session = ledger.Store.OpenSession(Origin.System("tests"));
        var account = await session.FetchForWriting<Account>(id, CancellationToken.None);
        var facts = decide(account.State).ShouldBeOfType<Decision<IAccountFact>.Accepted>().Events;
        session.Append(account, facts);
        await session.SaveChanges(CancellationToken.None);
        if (transaction is not null) (transactions.TryGetValue(transaction, out var known) ? known : transactions[transaction] = []).AddRange(facts.Take(1));
    }
}
