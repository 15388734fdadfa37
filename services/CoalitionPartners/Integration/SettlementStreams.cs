using System.Diagnostics;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.Messaging;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>Appends what the ledger has posted to the streams of the partners' months.</summary>
internal sealed class SettlementStreams(DocumentStore store, AgreedTerms terms)
{
    private static readonly ActivitySource Source = new("Loyalty.CoalitionPartners.Settlement");

    /// <summary>
    /// Appends in the inbox's transaction, all or nothing. Each stream is read and written once per batch, and yet each fact stays
    /// in the trace of the purchase that caused it.
    /// </summary>
    public async Task Append<TEvent>(
        InboxTransaction inbox, IReadOnlyList<TEvent> events, Func<Guid, TEvent, Posting> read,
        Func<SettlementPeriod, Posting, Agreement, Decision<SettlementFact>> decide, CancellationToken ct)
        where TEvent : class
    {
        await using var session = store.OpenSession(inbox.Origin, inbox.Transaction);
        var streams = new Dictionary<Guid, EventStream<SettlementPeriod>>();
        foreach (var e in events)
        {
            var origin = inbox.OriginOf(e);
            using var span = Source.StartActivity("settle", ActivityKind.Internal, origin.TraceParent);
            var posting = read(inbox.EventIdOf(e), e);
            var agreement = await terms.Find(posting.Partner, posting.AgreementVersion, ct);
            var period = SettlementPeriod.IdOf(posting.Partner, Month.Of(posting.OccurredAt), agreement.Currency);
            var stream = streams.GetValueOrDefault(period) ?? await session.FetchForWriting<SettlementPeriod>(period, ct);
            streams[period] = session.Append(stream, Facts(decide(stream.State, posting, agreement)), origin with { TraceParent = span?.Id ?? origin.TraceParent });
        }

        await session.SaveChanges(ct);
    }

    private static IReadOnlyList<SettlementFact> Facts(Decision<SettlementFact> decision) => decision switch
    {
        Decision<SettlementFact>.Accepted accepted => accepted.Events,
        // The ledger has told what happened. There is nobody to refuse it to: somebody has to look.
        Decision<SettlementFact>.Refused refused => throw new InvalidOperationException(refused.Refusal.Detail),
        _ => throw new InvalidOperationException("There is no such decision."),
    };
}
