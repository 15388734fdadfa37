using System.Text.Json.Serialization;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Views;
using Loyalty.EventStore;

namespace Loyalty.CoalitionPartners.Clearing;

/// <summary>A posting behind a line of a statement.</summary>
/// <param name="EventId">The ledger's event.</param>
/// <param name="Points">Below zero where it undoes something.</param>
/// <param name="Sequence">The place in this service's log of the fact in which it was settled…</param>
/// <param name="StreamId">…the stream of that fact…</param>
/// <param name="Version">…and its version there.</param>
internal sealed record StatementPosting(
    Guid EventId, string TransactionId, string LineId, string Kind, long Points, DateTimeOffset OccurredAt, long Sequence, Guid StreamId, long Version)
{
    /// <summary>Which one of the line's postings in its fact it is.</summary>
    [JsonIgnore]
    public int Index { get; init; }
}

/// <summary>Where a posting stands: in which fact, and as the how-manieth of the line there.</summary>
internal sealed record PostingPlace(long Sequence, int Index)
{
    public bool IsBefore(PostingPlace other) => Sequence < other.Sequence || (Sequence == other.Sequence && Index < other.Index);
}

/// <summary>Reads the postings behind lines from the facts in which they were settled.</summary>
internal sealed class StatementPostings(DocumentStore store, ClearingReader reader)
{
    /// <summary>At most so many postings after a place, in the order of the log.</summary>
    public async Task<IReadOnlyList<StatementPosting>> Read(FoundStatement found, IReadOnlyList<StatementLine> lines, PostingPlace after, int limit, CancellationToken ct)
    {
        // Each fact has a posting at least, save perhaps the one at which the page before ended.
        var sequences = await reader.FactsOf(found.Figures.Row.Cycle.Id, found.Statement.Partner, lines.Select(l => l.Id), after.Sequence, limit + 1, ct);
        var facts = await store.FetchEvents([.. sequences.Where(s => s <= found.Figures.Through)], ct);
        var origins = await reader.Cycles(lines.Select(l => l.Origin), ct);
        return [.. facts.SelectMany(f => In(f, lines, origins)).Where(p => after.IsBefore(new(p.Sequence, p.Index))).Take(limit)];
    }

    private static IEnumerable<StatementPosting> In(StoredEvent e, IReadOnlyList<StatementLine> lines, IReadOnlyDictionary<CycleId, Cycle> origins)
    {
        var fact = ((SettlementFact)e.Data).Settled();
        var postings =
            from priced in fact.Prices
            from line in lines
            where line.Kind == fact.Kind.Plain() && line.AgreementVersion == priced.AgreementVersion && line.Price == priced.Price
            from posting in priced.Postings
            where origins[line.Origin].Contains(posting.OccurredAt)
            select (line, posting);
        return postings.Select((p, index) => new StatementPosting(
            p.posting.LedgerEventId, p.posting.TransactionId.Value, p.line.Id, LineKey.NameOf(fact.Kind),
            fact.Kind.IsReversal() ? -p.posting.Points.Value : p.posting.Points.Value, p.posting.OccurredAt, e.Sequence, e.StreamId, e.Version) { Index = index + 1 });
    }
}
