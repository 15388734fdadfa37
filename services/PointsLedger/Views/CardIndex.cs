using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Storage;

namespace Loyalty.PointsLedger.Views;

/// <summary>Where a card leads.</summary>
internal sealed record KnownCard(AccountId Account, string Number);

/// <summary>
/// Finds where scanned cards lead. A card leads elsewhere only when accounts are merged or parted, so what was found is kept; an account that
/// does not serve a card, which is decided in the account itself, has it looked up anew. Cards that are asked for at the same time are looked up in one query: while one is under way, the next ones gather.
/// </summary>
internal sealed class CardIndex
{
    private const int Kept = 400_000;

    private readonly DocumentStore store;
    private readonly BoundedCache<string, KnownCard> cards = new(Kept, _ => 1);
    private readonly GatheredQuestions<string, KnownCard> questions;

    public CardIndex(DocumentStore store)
    {
        this.store = store;
        questions = new(scanned => Read([.. scanned], CancellationToken.None));
    }

    /// <summary>Where a card leads; null when nobody has told of it.</summary>
    public ValueTask<KnownCard?> Find(string scanned) => cards.TryGet(scanned, out var known) ? new(known) : new(questions.Ask(scanned));

    /// <summary>Where a card leads, if that is at hand.</summary>
    public KnownCard? Known(string scanned) => cards.TryGet(scanned, out var known) ? known : null;

    /// <summary>The account that it leads to does not serve the card, so it must lead elsewhere by now.</summary>
    public void Forget(string scanned) => cards.Remove(scanned);

    /// <summary>Looks up so many cards in one query, so that asking for each of them costs nothing.</summary>
    public async Task Prepare(IEnumerable<string> scanned, CancellationToken ct)
    {
        string[] unknown = [.. scanned.Distinct(StringComparer.Ordinal).Where(c => !cards.TryGet(c, out _))];
        if (unknown.Length > 0) await Read(unknown, ct);
    }

    private async Task<IReadOnlyDictionary<string, KnownCard>> Read(string[] scanned, CancellationToken ct)
    {
        var found = new Dictionary<string, KnownCard>(StringComparer.Ordinal);
        await using var query = store.DataSource.CreateCommand("select scanned, account_id, number from cards where scanned = any ($1)");
        query.Parameters.Add(new() { Value = scanned });
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) found[row.GetString(0)] = new(AccountId.From(row.GetGuid(1)), row.GetString(2));
        foreach (var (card, known) in found) cards.Put(card, known);
        return found;
    }
}
