using System.Diagnostics;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.Messaging;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>Appends what the ledger has posted to the streams of the partners' months.</summary>
internal sealed class SettlementStreams(DocumentStore store, AgreedTerms terms, TimeProvider clock)
{
    private static readonly ActivitySource Source = new("Loyalty.CoalitionPartners.Settlement");

    /// <summary>
    /// Appends in the inbox's transaction, all or nothing: one fact for each period. All streams of a page are read in one query and written
    /// in one, and yet each posting stays in the trace of the purchase that caused it.
    /// </summary>
    public async Task Append<TEvent>(
        InboxTransaction inbox, IReadOnlyList<TEvent> events, Func<Guid, TEvent, IEnumerable<ToldPosting>> read, CancellationToken ct)
        where TEvent : class
    {
        var rated = new List<RatedPosting>(events.Count);
        foreach (var e in events)
        {
            foreach (var told in read(inbox.EventIdOf(e), e))
            {
                if (await Rate(told, inbox.OriginOf(e).TraceParent, ct) is { } posting) rated.Add(posting);
            }
        }

        // The postings hold the traces, even if there is only one.
        await using var session = store.OpenSession(inbox.Origin with { TraceParent = null }, inbox.Transaction);
        rated.AddRange(await PrepaidBlocks.Draw(session, rated, clock.GetUtcNow(), ct));
        var periods = rated.GroupBy(r => (r.Posting.Partner, r.Month, r.Agreement.Currency)).ToDictionary(p => SettlementPeriod.IdOf(p.Key.Partner, p.Key.Month, p.Key.Currency));
        var streams = await session.FetchForWriting<SettlementPeriod>(periods.Keys, ct);
        foreach (var (period, postings) in periods)
            session.Append(streams[period], Facts(streams[period].State.Settle([.. postings])));
        await session.SaveChanges(ct);
    }

    private async ValueTask<RatedPosting?> Rate(ToldPosting told, string? traced, CancellationToken ct)
    {
        var agreement = await terms.Find(told.Posting.Partner, told.Posting.AgreementVersion, ct);
        if (agreement.Price(told.Movement, told.Store) is not var (kind, price))
            return null;
        if (traced is null)
            return new(kind, price, told.Posting, agreement);
        using var span = Source.StartActivity("settle", ActivityKind.Internal, traced);
        return new(kind, price, told.Posting with { TraceParent = span?.Id ?? traced }, agreement);
    }

    private static IReadOnlyList<SettlementFact> Facts(Decision<SettlementFact> decision) => decision switch
    {
        Decision<SettlementFact>.Accepted accepted => accepted.Events,
        // The ledger has told what happened. There is nobody to refuse it to: somebody has to look.
        Decision<SettlementFact>.Refused refused => throw new InvalidOperationException(refused.Refusal.Detail),
        _ => throw new InvalidOperationException("There is no such decision."),
    };
}
